import { Button, Group, Modal, Paper, Stack, Text } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { Copyable } from "../../ui/copy.tsx";

type Texts = ItemOf<"listConnections">["paste"];

/** The exact texts for the other side. A form can be looked at and tried where it stands. */
export function Pasted({ texts }: { readonly texts: Texts }) {
  const words = useText().connections;
  const language = useLanguage();
  const [previewed, setPreviewed] = useState<string>();
  if (texts.length === 0) return null;
  const script = texts.find(({ text }) => text.startsWith("<script"))?.text ?? "";
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} mb="xs" component="h2">
        {words.paste}
      </Text>
      <Stack gap="md">
        {texts.map(({ label, text }) => (
          <div key={label["en"]}>
            <Group justify="space-between" mb={4}>
              <Text size="sm">{label[language]}</Text>
              {text.startsWith("<form") && (
                <Button size="compact-xs" variant="light" leftSection={<IconEye size={13} />} onClick={() => setPreviewed(text)}>
                  {words.preview}
                </Button>
              )}
            </Group>
            <Copyable value={text} block label={label[language] ?? ""} />
          </div>
        ))}
      </Stack>
      <Modal opened={previewed !== undefined} onClose={() => setPreviewed(undefined)} title={words.preview} size="lg">
        <Text size="sm" c="dimmed" mb="sm">
          {words.previewText}
        </Text>
        {previewed !== undefined && (
          // As on somebody's page: of another origin, with nothing of ours in reach.
          <iframe
            title={words.preview}
            sandbox="allow-forms allow-scripts"
            srcDoc={page(previewed, script)}
            style={{
              width: "100%",
              height: 320,
              border: "1px solid var(--mantine-color-default-border)",
              borderRadius: 8,
              background: "#fff",
            }}
          />
        )}
      </Modal>
    </Paper>
  );
}

const page = (form: string, script: string): string => `<!doctype html><meta charset="utf-8">
<style>body{font:15px sans-serif;padding:16px}input,textarea{display:block;margin:0 0 10px;padding:8px;width:100%;box-sizing:border-box;font:inherit}input[type=checkbox]{display:inline;width:auto}label{display:block;margin-bottom:10px}button{padding:8px 16px;font:inherit}</style>
${form}
${script}`;
