import { Accordion, Code, Paper, Table, Text } from "@mantine/core";
import type { JournalEntry as Entry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { Json } from "./Json.tsx";

/** The request as it came. */
export function Came({ entry }: { readonly entry: Entry }) {
  const words = useText().journal.entry;
  const headers = Object.entries(entry.headers);
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.came}
      </Text>
      <Code block mb="xs" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {entry.method} {entry.prefix}
        {entry.path}
        {entry.query === "" ? "" : `?${entry.query}`}
      </Code>
      <Text size="sm" c="dimmed">
        {words.body}
      </Text>
      {entry.body === null || entry.body === "" ? (
        <Text size="sm">{entry.body_base64 ? <Json value={entry.body_base64} label={words.body} /> : words.noBody}</Text>
      ) : (
        <Json value={entry.body} label={words.body} />
      )}
      <FormFields entry={entry} />
      {headers.length > 0 && (
        <Accordion variant="contained" mt="sm">
          <Accordion.Item value="headers">
            <Accordion.Control>
              {words.headers} ({headers.length})
            </Accordion.Control>
            <Accordion.Panel>
              <Table>
                <Table.Tbody>
                  {headers.map(([name, value]) => (
                    <Table.Tr key={name}>
                      <Table.Td w={200}>
                        <code>{name}</code>
                      </Table.Td>
                      <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Paper>
  );
}

/** A form as people read it. */
function FormFields({ entry }: { readonly entry: Entry }) {
  const isForm = entry.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const pairs = [...new URLSearchParams(entry.query), ...(isForm && entry.body ? new URLSearchParams(entry.body) : [])];
  if (pairs.length === 0) return null;
  return (
    <Table mt="xs">
      <Table.Tbody>
        {pairs.map(([name, value]) => (
          <Table.Tr key={`${name} ${value}`}>
            <Table.Td w={200}>
              <code>{name}</code>
            </Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
