import { Alert, Badge, Button, Checkbox, Group, Paper, Progress, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useMovesText } from "../../text/with-screens.ts";
import { confirm } from "../../ui/ask-person.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { Answered, ProblemNote, tellProblem } from "../../ui/problem.tsx";
import { MoveReport } from "./MoveReport.tsx";

type Move = ItemOf<"listMoves">;
type Direction = Move["direction"];
const directions = ["in", "out", "compare"] as const;
const colours = { running: "blue", done: "teal", cancelled: "gray", failed: "red" } as const;

/** Copies a whole CRM here or there: what will happen, how far it is, and what it has found. */
export function Moves({ connection }: { readonly connection: Connection }) {
  const path = { id: connection.id };
  const first = useAsk("listMoves", { path, query: { limit: 20 } });
  const isBusy = first.data?.items.some(({ state }) => state === "running") ?? false;
  const moves = useAsk("listMoves", { path, query: { limit: 20 } }, { refetchInterval: isBusy ? 1_000 : false });
  const may = useMay();
  return (
    <Answered of={moves}>
      {({ items }) => (
        <Stack>
          {may("hub:write") && !isBusy && <Start connection={connection} />}
          <Earlier connection={connection.id} items={items} />
        </Stack>
      )}
    </Answered>
  );
}

function Start({ connection }: { readonly connection: Connection }) {
  const text = useText();
  const words = useMovesText();
  const [direction, setDirection] = useState<Direction>("in");
  const [intoFilled, setIntoFilled] = useState(false);
  const start = useSend("startMove", { refresh: ["listMoves"] });
  const begin = async (): Promise<void> => {
    const ask = direction === "compare" ? undefined : words.confirm[direction](connection.name);
    if (ask !== undefined && !(await confirm(ask, { yes: words.start[direction], no: text.common.actions.cancel }))) return;
    start.mutate({ path: { id: connection.id }, body: { direction, ...(direction === "in" && intoFilled && { into_filled: true }) } });
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Stack align="flex-start">
        <div>
          <Text fw={600} component="h2">
            {words.choose}
          </Text>
          <Text size="sm" c="dimmed">
            {words.chooseText}
          </Text>
        </div>
        <Radio.Group value={direction} onChange={(value) => setDirection(value as Direction)} aria-label={words.choose}>
          <Stack gap="sm">
            {directions.map((each) => (
              <Radio key={each} value={each} label={words.directions[each]} description={words.what[each]} />
            ))}
          </Stack>
        </Radio.Group>
        {direction === "in" && (
          <Checkbox
            checked={intoFilled}
            onChange={({ currentTarget }) => setIntoFilled(currentTarget.checked)}
            label={words.intoFilled}
            description={words.intoFilledHint}
          />
        )}
        <Button size="sm" loading={start.isPending} onClick={() => void begin()}>
          {words.start[direction]}
        </Button>
        <ProblemNote error={start.error} />
      </Stack>
    </Paper>
  );
}

/** The latest one is open. */
function Earlier({ connection, items }: { readonly connection: number; readonly items: readonly Move[] }) {
  const words = useMovesText();
  const [shown, setShown] = useState<string>();
  const open = shown ?? items[0]?.id;
  return (
    <>
      <Paper withBorder p="md" radius="md">
        <Text fw={600} component="h2" mb="xs">
          {words.earlier}
        </Text>
        {items.length === 0 && <Text c="dimmed">{words.none}</Text>}
        <Stack gap="md">
          {items.map((move) => (
            <OneMove key={move.id} move={move} connection={connection} isOpen={move.id === open} onOpen={() => setShown(move.id)} />
          ))}
        </Stack>
      </Paper>
      {items
        .filter(({ id, findings }) => id === open && findings > 0)
        .map((move) => (
          <MoveReport key={move.id} connection={connection} move={move} />
        ))}
    </>
  );
}

interface OneMoveProps {
  readonly move: Move;
  readonly connection: number;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function OneMove({ move, connection, isOpen, onOpen }: OneMoveProps) {
  const text = useText();
  const words = useMovesText();
  const format = useFormat();
  const may = useMay();
  const cancel = useSend("cancelMove", { refresh: ["listMoves"] });
  const { state, progress, error, direction } = move;
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text size="sm" fw={500}>
            {words.directions[direction]}
          </Text>
          <Badge variant="light" color={colours[state]} tt="none">
            {words.states[state]}
          </Badge>
          <Text size="sm" c="dimmed">
            <When at={move.created_at} />
          </Text>
        </Group>
        <Group gap="xs">
          {!isOpen && move.findings > 0 && (
            <Button size="compact-xs" variant="default" onClick={onOpen}>
              {words.showReport}
            </Button>
          )}
          {state === "running" && may("hub:write") && (
            <Button
              size="compact-xs"
              variant="default"
              loading={cancel.isPending}
              onClick={() =>
                void confirm(words.cancelConfirm, { yes: words.cancel, no: text.common.actions.cancel, danger: true }).then(
                  (yes) =>
                    yes && cancel.mutate({ path: { id: connection, move: move.id } }, { onError: (problem) => tellProblem(problem, text) }),
                )
              }
            >
              {words.cancel}
            </Button>
          )}
        </Group>
      </Group>
      {state === "running" && error === null && (
        <Stack gap={4}>
          <Text size="sm" role="status">
            {progress ? `${words.phases[progress.phase]}: ${words.kinds[progress.kind]}, ${format.number(progress.done)}` : "…"}
          </Text>
          <Progress value={100} size="xs" animated aria-label={words.states.running} />
        </Stack>
      )}
      {error !== null && (
        <Alert color={state === "failed" ? "red" : "yellow"} variant="light" p="xs" title={state === "running" ? words.waits : undefined}>
          <Text size="sm">{error}</Text>
          {move.next_at !== null && (
            <Text size="sm">
              {words.goesOnAt} <When at={move.next_at} />
            </Text>
          )}
        </Alert>
      )}
      {state !== "running" && state !== "failed" && (
        <Text size="sm" c={move.differences > 0 ? undefined : "dimmed"}>
          {move.differences > 0 ? `${words.differences}: ${format.number(move.differences)}` : state === "done" ? words.same : ""}
        </Text>
      )}
    </Stack>
  );
}
