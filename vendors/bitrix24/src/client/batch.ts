import { writeBrackets } from "@svyazka/wire";
import { listOf, mapOf, type Problem, textIn } from "../protocol.ts";
import type { BitrixError } from "./errors.ts";
import { problemError } from "./problems.ts";
import type { Params, Transport } from "./transport.ts";

/** Up to fifty commands in one request: one place in the bucket, and no rollback. Source: settings/how-to-call-rest-api/batch */

export interface Command {
  readonly method: string;
  readonly params: Params;
}

export type Outcome = { readonly isDone: true; readonly result: unknown } | { readonly isDone: false; readonly error: BitrixError };

const mostCommands = 50;

/** What became of each, by its name. With `halt`, those behind one that failed are absent. `$result[name][ID]` in a value takes it from an earlier command. */
export async function runBatch(
  { ask }: Transport,
  commands: Readonly<Record<string, Command>>,
  {
    halt = false,
    isWrite = true,
    now = Date.now,
  }: { readonly halt?: boolean; readonly isWrite?: boolean; readonly now?: () => number } = {},
): Promise<ReadonlyMap<string, Outcome>> {
  const names = Object.keys(commands);
  if (names.length > mostCommands) throw new RangeError(`a batch has at most ${mostCommands} commands, not ${names.length}`);
  const cmd = Object.fromEntries(Object.entries(commands).map(([name, { method, params }]) => [name, writeCommand(method, params)]));
  const answer = await ask("batch", { halt: halt ? 1 : 0, cmd }, { isWrite });
  const { result, result_error: errors } = mapOf(answer.result);
  const outcomes = new Map<string, Outcome>();
  for (const name of names) {
    const problem = at(errors, name, names);
    const done = at(result, name, names);
    const method = commands[name]?.method ?? "";
    if (problem !== undefined)
      outcomes.set(name, { isDone: false, error: problemError(method, 0, problemOf(problem), isWrite, now() / 1000) });
    else if (done !== undefined) outcomes.set(name, { isDone: true, result: done });
  }
  return outcomes;
}

/** `crm.deal.add?fields%5BTITLE%5D=Mine`. */
const writeCommand = (method: string, params: Params): string => {
  const query = writeBrackets(params as Parameters<typeof writeBrackets>[0]);
  return query === "" ? method : `${method}?${query}`;
};

/** By name; PHP makes a list of a map whose names are 0, 1, 2. */
function at(map: unknown, name: string, names: readonly string[]): unknown {
  return Array.isArray(map) ? (/^\d+$/.test(name) ? listOf(map)[names.indexOf(name)] : undefined) : mapOf(map)[name];
}

const problemOf = (raw: unknown): Problem => {
  const map = mapOf(raw);
  return { code: textIn(map, "error") ?? "", words: textIn(map, "error_description") ?? "" };
};
