import { Badge, Paper, Table, Text } from "@mantine/core";
import { useAsk } from "../../data/queries.ts";
import type { Import } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { Answered } from "../../ui/problem.tsx";

const colours = { create: "teal", update: "link", skip: "gray", fail: "red" } as const;

/** The first rows as they would become. */
export function Preview({ one }: { readonly one: Import }) {
  const text = useText();
  const words = text.imports;
  const preview = useAsk("previewImport", { path: { id: one.id }, query: { limit: 20 } }, { keep: true });
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.preview}
      </Text>
      <Answered of={preview}>
        {({ items }) => (
          <Table.ScrollContainer minWidth={640}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={60}>{words.row}</Table.Th>
                  <Table.Th w={110} aria-label={words.becomes} />
                  {(["contact", "company", "deal"] as const).map((entity) => (
                    <Table.Th key={entity}>{text.common.entities[entity]}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((row) => (
                  <Table.Tr key={row.n}>
                    <Table.Td>{row.n}</Table.Td>
                    <Table.Td>
                      <Badge variant="light" color={colours[row.action]} tt="none">
                        {words.actions[row.action]}
                      </Badge>
                    </Table.Td>
                    <Table.Td>{brief(row.contact)}</Table.Td>
                    <Table.Td>{brief(row.company)}</Table.Td>
                    <Table.Td>
                      {brief(row.deal)}
                      {row.problems.map((problem) => (
                        <Text key={`${problem.column} ${problem.detail}`} size="xs" c="red">
                          {one.columns[problem.column]?.name}: {problem.detail}
                        </Text>
                      ))}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Answered>
    </Paper>
  );
}

/** A record as it would be sent, in one line. */
function brief(record: unknown): string {
  if (typeof record !== "object" || record === null) return "";
  const flat = (value: unknown): string[] => {
    if (value === null || value === undefined || value === "") return [];
    if (Array.isArray(value)) return value.flatMap(flat);
    if (typeof value === "object") return "value" in value ? flat(value.value) : Object.values(value).flatMap(flat);
    return [String(value)];
  };
  return Object.entries(record)
    .filter(([name]) => !["id", "responsible", "pipeline", "stage", "company", "contacts"].includes(name))
    .flatMap(([, value]) => flat(value))
    .join(", ");
}
