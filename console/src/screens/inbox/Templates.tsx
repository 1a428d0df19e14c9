import { Badge, Button, Group, Modal, Paper, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { BodyOf, ItemOf } from "../../data/client.ts";
import { useAsk } from "../../data/queries.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { Answered } from "../../ui/problem.tsx";
import { filled, gapsOf } from "./filled.ts";

type Template = ItemOf<"listTemplates">;
interface Props {
  readonly channel: number;
  readonly client: string;
  readonly onClose: () => void;
  readonly onSend: (body: BodyOf<"sendMessage">) => void;
}

/** Words that the channel lets pass at any time: choose, fill the gaps, see what the client gets. */
export function Templates({ opened, ...props }: Props & { readonly opened: boolean }) {
  const words = useInboxText().templates;
  return (
    <Modal opened={opened} onClose={props.onClose} title={words.title} size="lg">
      <Choice {...props} />
    </Modal>
  );
}

function Choice(props: Props) {
  const words = useInboxText().templates;
  const templates = useAsk("listTemplates", { path: { id: props.channel } }, { staleTime: 60_000 });
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Template>();
  if (chosen) return <Filling template={chosen} {...props} onBack={() => setChosen(undefined)} />;
  return (
    <Answered of={templates}>
      {({ items }) => (
        <Stack gap="sm">
          {items.length > 5 && (
            <TextInput
              data-autofocus
              leftSection={<IconSearch size={15} />}
              aria-label={words.find}
              placeholder={words.find}
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          )}
          {items.length === 0 && <Text c="dimmed">{words.none}</Text>}
          {items
            .filter(({ name, text }) => `${name}\n${text}`.toLowerCase().includes(typed.trim().toLowerCase()))
            .map((template) => (
              <Paper key={`${template.name} ${template.language}`} withBorder radius="md">
                <UnstyledButton
                  p="sm"
                  w="100%"
                  disabled={!template.is_usable}
                  onClick={() => setChosen(template)}
                  style={{ borderRadius: 8 }}
                >
                  <Group gap={6} mb={2}>
                    <Text size="sm" fw={600}>
                      {template.name}
                    </Text>
                    <Badge size="sm" variant="default" tt="none">
                      {template.language}
                    </Badge>
                    {!template.is_usable && (
                      <Badge size="sm" variant="light" color="orange" tt="none">
                        {words.unusable}
                      </Badge>
                    )}
                  </Group>
                  <Text size="sm" c="dimmed" lineClamp={3} style={{ whiteSpace: "pre-wrap" }}>
                    {template.text}
                  </Text>
                </UnstyledButton>
              </Paper>
            ))}
        </Stack>
      )}
    </Answered>
  );
}

function Filling({ template, client, onBack, onClose, onSend }: Props & { readonly template: Template; readonly onBack: () => void }) {
  const words = useInboxText().templates;
  const [values, setValues] = useState<readonly string[]>(() =>
    Array.from({ length: template.gaps }, (_, place) => (place === 0 ? client : "")),
  );
  const gaps = gapsOf(template.text, template.gaps);
  const isWhole = values.every((value) => value.trim() !== "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWhole) return;
        const given = values.map((value) => value.trim());
        onSend({ text: filled(template.text, given), template: { name: template.name, language: template.language, values: given } });
        onClose();
      }}
    >
      <Stack gap="sm">
        {values.map((value, place) => (
          <TextInput
            // biome-ignore lint/suspicious/noArrayIndexKey: a gap is told by its place
            key={place}
            label={words.gap(gaps[place] ?? "")}
            maxLength={1024}
            data-autofocus={place === 0 || undefined}
            value={value}
            onChange={({ currentTarget: { value } }) => setValues(values.map((one, at) => (at === place ? value : one)))}
          />
        ))}
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {words.preview}
          </Text>
          <Paper withBorder p="sm" radius="md" bg="var(--mantine-color-default-hover)">
            <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {filled(template.text, values)}
            </Text>
          </Paper>
        </div>
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {words.back}
          </Button>
          <Button type="submit" disabled={!isWhole}>
            {words.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
