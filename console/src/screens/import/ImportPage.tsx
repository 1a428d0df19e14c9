import { Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { addressOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import type { Import } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Matching } from "./Matching.tsx";
import { Preview } from "./Preview.tsx";
import { Report } from "./Report.tsx";

const busy = (state: Import["state"]): boolean => state === "running" || state === "undoing" || state === "reading";

/** One import: what the columns are, what the rows become, how far it is, and what became of each row. */
export function ImportPage() {
  const { id } = useParams({ strict: false });
  const path = { id: Number(id) };
  const first = useAsk("getImport", { path });
  const isBusy = first.data !== undefined && busy(first.data.state);
  const found = useAsk("getImport", { path }, { refetchInterval: isBusy ? 700 : false });
  return <Answered of={found}>{(one) => <Page key={one.id} one={one} />}</Answered>;
}

function Page({ one }: { readonly one: Import }) {
  const text = useText();
  const words = text.imports;
  const format = useFormat();
  const refresh = ["getImport", "listImports", "listImportRows", "listContacts", "listCompanies", "listDealCards", "boardTotals"] as const;
  const run = useSend("runImport", { refresh });
  const cancel = useSend("cancelImport", { refresh });
  const undo = useSend("undoImport", { refresh });
  const onError = (error: Error): void => tellProblem(error, text);
  const path = { id: one.id };
  const { progress } = one;
  const begun = one.state !== "new" && one.state !== "reading";
  return (
    <Screen
      title={one.name || words.title}
      actions={
        <>
          <Badge variant="light" tt="none">
            {words.states[one.state]}
          </Badge>
          {one.state === "new" || one.state === "cancelled" ? (
            <Button size="xs" loading={run.isPending} onClick={() => run.mutate({ path }, { onError })}>
              {one.state === "new" ? words.run : words.goOn}
            </Button>
          ) : (
            one.state === "running" && (
              <Button size="xs" variant="default" onClick={() => cancel.mutate({ path }, { onError })}>
                {words.cancel}
              </Button>
            )
          )}
          {(one.state === "done" || one.state === "cancelled") && (
            <Button
              size="xs"
              variant="default"
              color="red"
              loading={undo.isPending}
              onClick={() =>
                void confirm(words.undoConfirm, { yes: words.undo, no: text.common.actions.cancel, danger: true }).then(
                  (yes) => yes && undo.mutate({ path }, { onError }),
                )
              }
            >
              {words.undo}
            </Button>
          )}
        </>
      }
    >
      <Stack>
        {begun && (
          <Paper withBorder p="md" radius="md">
            <Progress value={one.rows === 0 ? 100 : (100 * progress.done) / one.rows} aria-label={words.title} />
            <Group mt="xs" gap="md">
              <Text size="sm">{words.progress(format.number(progress.done), words.rows(one.rows))}</Text>
              {(Object.keys(words.outcomes) as (keyof typeof words.outcomes)[])
                .filter((outcome) => progress[outcome] > 0)
                .map((outcome) => (
                  <Text key={outcome} size="sm" c={outcome === "failed" ? "red" : undefined}>
                    {words.outcomes[outcome]}: {format.number(progress[outcome])}
                  </Text>
                ))}
              <a href={addressOf("importReport", { path })} download>
                {words.download}
              </a>
            </Group>
          </Paper>
        )}
        {one.state === "new" && (
          <>
            <Matching one={one} />
            <Preview one={one} />
          </>
        )}
        {begun && <Report one={one} />}
      </Stack>
    </Screen>
  );
}
