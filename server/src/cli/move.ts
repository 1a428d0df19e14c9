import { setTimeout as sleep } from "node:timers/promises";
import type { MoveFindingShape, MoveShape } from "@svyazka/contract";
import type { Command } from "commander";
import { CommandFailed, type HubClient } from "./client.ts";
import { printTable } from "./print.ts";

/** `hub move in|out|compare|report|cancel`: copies a whole CRM into ours, and back. */

interface Options {
  readonly workspace?: string;
  readonly connection: string;
  readonly intoFilled?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
}

type Act = <O extends Options, T>(
  run: (hub: HubClient, options: O, args: string[]) => Promise<T>,
  show: (answer: T) => void,
) => (...given: unknown[]) => Promise<void>;

const lookEveryMs = 500;

export function addMoveCommands(move: Command, inWorkspace: (command: Command) => Command, act: Act): void {
  const of = (command: Command): Command => inWorkspace(command).requiredOption("--connection <id>", "the CRM that is elsewhere");
  const about = {
    in: "copy everything that is there into our CRM, under its ids",
    out: "make everything of our CRM there, where nothing may be yet",
    compare: "tell every difference, and change nothing",
  } as const;
  for (const direction of ["in", "out", "compare"] as const) {
    const command = of(move.command(direction).description(about[direction])).option("--no-wait", "do not wait for its end");
    if (direction === "in") command.option("--into-filled", "although there are records here already; they stay as they are");
    command.action(
      act<Options, Told>(async (hub, o) => {
        const made = await hub.call<MoveShape>("POST", path(o), {
          workspace: o.workspace,
          body: { direction, ...(o.intoFilled && { into_filled: true }) },
        });
        return o.wait === false ? { move: made, report: [] } : follow(hub, o, made.id);
      }, show),
    );
  }
  of(move.command("report").argument("[id]").description("what a move has found; the latest one's, unless told")).action(
    act<Options, Told>(async (hub, o, [id]) => reportOf(hub, o, id ?? (await latest(hub, o))), show),
  );
  of(move.command("cancel").argument("[id]").description("end it after the step at hand; what was copied stays")).action(
    act<Options, MoveShape>(
      async (hub, o, [id]) => hub.call("POST", `${path(o)}/${id ?? (await latest(hub, o))}/cancel`, { workspace: o.workspace }),
      ({ state }) => console.log(state),
    ),
  );
}

interface Told {
  readonly move: MoveShape;
  readonly report: readonly MoveFindingShape[];
}

const path = ({ connection }: Options): string => `/connections/${encodeURIComponent(connection)}/moves`;

async function latest(hub: HubClient, o: Options): Promise<string> {
  const [move] = await hub.list<MoveShape>(path(o), { workspace: o.workspace, limit: 1 });
  if (!move) throw new CommandFailed("Nothing was moved by this connection yet");
  return move.id;
}

/** Tells how far it is, beside what is printed at the end. */
async function follow(hub: HubClient, o: Options, id: string): Promise<Told> {
  for (let last = ""; ; ) {
    const { state, progress, error } = await hub.call<MoveShape>("GET", `${path(o)}/${id}`, { workspace: o.workspace });
    const line = error ?? (progress ? `${progress.phase} ${progress.kind}: ${progress.done}` : "");
    if (state === "failed") throw new CommandFailed(error ?? "The move has failed");
    if (state !== "running") return reportOf(hub, o, id);
    if (line !== last && line !== "") console.error(line);
    last = line;
    await sleep(lookEveryMs);
  }
}

async function reportOf(hub: HubClient, o: Options, id: string): Promise<Told> {
  const move = await hub.call<MoveShape>("GET", `${path(o)}/${id}`, { workspace: o.workspace });
  const report = await hub.list<MoveFindingShape>(`${path(o)}/${id}/findings`, { workspace: o.workspace, limit: 1_000_000 });
  return { move, report };
}

function show({ move, report }: Told): void {
  console.log(`${move.direction}: ${move.state}; differences: ${move.differences}${move.error === null ? "" : `; ${move.error}`}`);
  const rows = report.map((one) => ({ ...one, words: one.words?.en ?? null }));
  if (rows.length > 0) printTable(rows, ["what", "kind", "record", "member", "there", "here", "count", "words"]);
}
