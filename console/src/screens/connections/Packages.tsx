import { Badge, Button, Code, Paper, Select, Stack, Table, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { useAccountingText } from "../../text/with-screens.ts";
import { confirm } from "../../ui/ask-person.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";

type Known = AnswerOf<"listPackages">;
interface Props {
  readonly connection: number;
  readonly known: Known;
}

/** Software that the other side fetches by itself: its versions, and who has which. */
export function Packages({ connection }: { readonly connection: number }) {
  const packages = useAsk("listPackages", { path: { id: connection } }, { refetchInterval: 15_000 });
  return (
    <Answered of={packages}>
      {(known) => (
        <Stack>
          <Versions connection={connection} known={known} />
          <Installed connection={connection} known={known} />
        </Stack>
      )}
    </Answered>
  );
}

function Versions({ connection, known: { items } }: Props) {
  const text = useText();
  const words = useAccountingText().packages;
  const sizeOf = useSize();
  const may = useMay();
  const publish = useSend("publishPackage", {
    refresh: ["listPackages"],
    onDone: ({ version }) => notifications.show({ message: words.published(version), color: "teal" }),
  });
  const again = async (version: number): Promise<void> => {
    if (!(await confirm(words.publishConfirm(version), { yes: words.publish, no: text.common.actions.cancel }))) return;
    publish.mutate({ path: { id: connection, version } }, { onError: (error) => tellProblem(error, text) });
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2">
        {words.list}
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        {words.text}
      </Text>
      {items.length === 0 ? (
        <Text>{words.none}</Text>
      ) : (
        <Table.ScrollContainer minWidth={600} type="native" tabIndex={0} role="region" aria-label={words.list}>
          <Table verticalSpacing="xs" aria-label={words.list}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.version}</Table.Th>
                <Table.Th>{words.at}</Table.Th>
                <Table.Th>{words.author}</Table.Th>
                <Table.Th>{words.size}</Table.Th>
                <Table.Th>{words.hash}</Table.Th>
                {may("hub:write") && <Table.Th aria-label={text.common.actions.actions} />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((one, at) => (
                <Table.Tr key={one.version}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>
                    <Text span size="sm" fw={600}>
                      {one.version}
                    </Text>{" "}
                    {at === 0 && (
                      <Badge size="sm" variant="light" color="teal" tt="none" miw="max-content">
                        {words.newest}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>
                    <When at={one.at} long />
                  </Table.Td>
                  <Table.Td miw={90} style={{ overflowWrap: "break-word" }}>
                    {one.author}
                    {one.note !== null && (
                      <Text size="xs" c="dimmed">
                        {one.note}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{sizeOf(one.bytes)}</Table.Td>
                  <Table.Td>
                    <Tooltip label={one.sha256}>
                      <Code>{one.sha256.slice(0, 8)}</Code>
                    </Tooltip>
                  </Table.Td>
                  {may("hub:write") && (
                    <Table.Td ta="right">
                      {at > 0 && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          aria-label={`${words.publish}: ${one.version}`}
                          loading={publish.isPending && publish.variables.path?.version === one.version}
                          onClick={() => void again(one.version)}
                        >
                          {words.publish}
                        </Button>
                      )}
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}

function Installed({ connection, known: { items, installed } }: Props) {
  const text = useText();
  const words = useAccountingText().packages;
  const may = useMay();
  const pin = useSend("pinPackage", {
    refresh: ["listPackages"],
    onDone: () => notifications.show({ message: text.common.saved, color: "teal" }),
  });
  const choices = [
    { value: "", label: words.newestAlways },
    ...items.map(({ version }) => ({ value: String(version), label: String(version) })),
  ];
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.installed}
      </Text>
      {installed.length === 0 ? (
        <Text>{words.nobody}</Text>
      ) : (
        <Table.ScrollContainer minWidth={560} type="native" tabIndex={0} role="region" aria-label={words.installed}>
          <Table verticalSpacing="xs" aria-label={words.installed}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.where}</Table.Th>
                <Table.Th>{words.has}</Table.Th>
                <Table.Th>{words.due}</Table.Th>
                <Table.Th w={190}>{words.pin}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {installed.map((one) => (
                <Table.Tr key={one.where}>
                  <Table.Td miw={120} style={{ overflowWrap: "anywhere" }}>
                    {one.name}
                    {!one.name.includes(one.where) && (
                      <Text size="xs" c="dimmed">
                        {one.where}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>
                    {one.version ?? words.unknown}{" "}
                    {one.due !== null && one.version !== null && (
                      <Badge size="sm" variant="light" color={one.is_current ? "teal" : "orange"} tt="none" miw="max-content">
                        {one.is_current ? words.current : words.behind}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>{one.due ?? "—"}</Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      aria-label={`${words.pin}: ${one.name}`}
                      allowDeselect={false}
                      disabled={!may("hub:write") || items.length === 0}
                      data={choices}
                      value={one.pinned === null ? "" : String(one.pinned)}
                      onChange={(next) =>
                        pin.mutate(
                          { path: { id: connection, where: one.where }, body: { version: next ? Number(next) : null } },
                          { onError: (error) => tellProblem(error, text) },
                        )
                      }
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}

function useSize(): (bytes: number) => string {
  const { sizeIn } = useAccountingText().packages;
  const { locale } = useFormat();
  return (bytes) => {
    const [value, unit] =
      bytes < 1024 ? [bytes, "B" as const] : bytes < 1_048_576 ? [bytes / 1024, "KB" as const] : [bytes / 1_048_576, "MB" as const];
    return sizeIn(value.toLocaleString(locale, { maximumFractionDigits: value < 10 && unit !== "B" ? 1 : 0 }), unit);
  };
}
