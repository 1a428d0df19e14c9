import { Box, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** A share as a bar with its words upon it. */
export function Bar({
  share,
  colour = "var(--mantine-color-link-2)",
  children,
}: {
  readonly share: number;
  readonly colour?: string;
  readonly children: ReactNode;
}) {
  return (
    <Box
      pos="relative"
      style={{ borderRadius: 6, overflow: "hidden", background: "light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-6))" }}
    >
      <Box
        pos="absolute"
        top={0}
        bottom={0}
        left={0}
        w={`${Math.max(0, Math.min(1, share)) * 100}%`}
        className="bar"
        style={{ "--bar": colour } as React.CSSProperties}
      />
      <Text pos="relative" size="sm" px="xs" py={4}>
        {children}
      </Text>
    </Box>
  );
}

/** One number that matters, with its name. */
export function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="xl" fw={650}>
        {children}
      </Text>
    </div>
  );
}
