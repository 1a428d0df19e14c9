import { Alert, Table, Text } from "@mantine/core";
import type { AnswerOf } from "../../data/client.ts";
import { useText } from "../../text/text.tsx";

/** What the stored request would become with today's settings, beside what it became. */
export function Preview({ of }: { readonly of: AnswerOf<"previewJournal"> }) {
  const text = useText();
  const words = text.journal.entry;
  if (of.changes.length === 0 && of.now.length === of.before.length) {
    return <Alert color="teal">{words.same}</Alert>;
  }
  return (
    <Alert
      color="link"
      title={`${words.differs}: ${text.journal.outcomes[of.outcome as keyof typeof text.journal.outcomes] ?? of.outcome}`}
    >
      {of.detail && <Text size="sm">{of.detail}</Text>}
      <Table>
        <Table.Tbody>
          {of.changes.map((change) => (
            <Table.Tr key={change.path}>
              <Table.Td>
                <code>{change.path}</code>
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {words.before}: {JSON.stringify(change.before)}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {words.now}: {JSON.stringify(change.now)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {of.now.map((fact) => fact.hold && <Text key={`${fact.type} ${fact.subject}`} size="sm">{`${words.hold}: ${fact.hold}`}</Text>)}
    </Alert>
  );
}
