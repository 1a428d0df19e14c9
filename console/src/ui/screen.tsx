import { Box, Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { createContext, type ReactNode, use } from "react";
import { useText } from "../text/text.tsx";

/** How many conversations wait for this person: the title of every page says so, for whoever is in another window. */
export const UnreadCount = createContext(0);

export function usePageTitle(title: string): void {
  const text = useText();
  const unread = use(UnreadCount);
  useDocumentTitle(`${unread > 0 ? `(${unread}) ` : ""}${title} · ${text.common.product}`);
}

/** The frame of every screen: its title, what can be done, and the rest. */
export function Screen({
  title,
  actions,
  children,
  wide = false,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Fills the window instead of keeping lines readable. */
  readonly wide?: boolean;
}) {
  usePageTitle(title);
  return (
    <Box maw={wide ? undefined : 1180} mx={wide ? undefined : "auto"} w="100%">
      <Group justify="space-between" mb="md" gap="sm" wrap="wrap">
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
