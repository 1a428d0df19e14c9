import { Paper, Stack, Text } from "@mantine/core";
import { useText } from "../../text/text.tsx";
import { Copyable } from "../../ui/copy.tsx";

/** Secrets that are shown this once. */
export function Secrets({ values }: { readonly values: Readonly<Record<string, string>> }) {
  const words = useText().connections;
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} mb="xs" component="h2">
        {words.secrets}
      </Text>
      <Stack gap="xs">
        {entries.map(([name, value]) => (
          <div key={name}>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
            <Copyable value={value} label={name} />
          </div>
        ))}
      </Stack>
    </Paper>
  );
}
