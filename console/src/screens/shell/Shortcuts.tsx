import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { useText } from "../../text/text.tsx";
import type { Place } from "./navigation.ts";

/** What can be done without a mouse. */
export function Shortcuts({ places, onClose }: { readonly places: readonly Place[]; readonly onClose: () => void }) {
  const { shell } = useText();
  const words = shell.shortcuts;
  const lines: readonly (readonly [keys: readonly string[], what: string])[] = [
    [["Ctrl", "K"], words.find],
    [["n"], words.create],
    ...places.map(({ key, name }) => [["g", key], shell.nav[name]] as const),
    [["↑", "↓", "←", "→"], words.board],
    [["Shift", "←", "→"], words.move],
    [["j", "k"], words.inbox],
    [["?"], words.help],
  ];
  return (
    <Modal opened onClose={onClose} title={words.title}>
      <Stack gap={6}>
        {lines.map(([keys, what]) => (
          <Group key={what} justify="space-between" wrap="nowrap">
            <Text size="sm">{what}</Text>
            <Group gap={4} wrap="nowrap">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
