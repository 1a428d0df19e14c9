import { Box, Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useText } from "../text/text.tsx";

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
  const text = useText();
  useDocumentTitle(`${title} · ${text.common.product}`);
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
