import { writeBrackets } from "@svyazka/wire";
import { listOf, mapOf, numberIn, type Problem, textIn } from "../protocol.ts";
import { type BitrixError, BitrixLimited } from "./errors.ts";
import { problemError } from "./problems.ts";
import type { Params, Transport } from "./transport.ts";

/** Up to fifty commands in one request: one place in the bucket, and no rollback. Source: settings/how-to-call-rest-api/batch */

export interface Command {
  readonly method: string;
  readonly params: Params;
  /** Nothing else needs it: while its method is shut it is left out, and its outcome is that limit. */
  readonly canWait?: true;
}

export type Outcome = { readonly isDone: true; readonly result: unknown } | { readonly isDone: false; readonly error: BitrixError };

const mostCommands = 50;

/** What became of each, by its name. With `halt`, those behind one that failed are absent. `$result[name][ID]` in a value takes it from an earlier command. Throws `BitrixLimited`, and sends nothing, while a method that cannot wait is shut. */
export async function runBatch(
  transport: Transport,
  commands: Readonly<Record<string, Command>>,
  {
    halt = false,
    isWrite = true,
    now = Date.now,
  }: { readonly halt?: boolean; readonly isWrite?: boolean; readonly now?: () => number } = {},
): Promise<ReadonlyMap<string, Outcome>> {
  const names = Object.keys(commands);
  if (names.length > mostCommands) throw new RangeError(`a batch has at most ${mostCommands} commands, not ${names.length}`);
  const outcomes = new Map<string, Outcome>();
  const cmd: Record<string, string> = {};
  for (const [name, { method, params, canWait }] of Object.entries(commands)) {
    const limit = await transport.limitOf(method);
    if (limit && !canWait) throw limit;
    if (limit) outcomes.set(name, { isDone: false, error: limit });
    else cmd[name] = writeCommand(method, params);
  }
  const sent = Object.keys(cmd);
  if (sent.length === 0) return outcomes;
  const answer = await transport.ask("batch", { halt: halt ? 1 : 0, cmd }, { isWrite });
  const { result, result_error: errors } = mapOf(answer.result);
  for (const name of sent) {
    const problem = at(errors, name, sent);
    const done = at(result, name, sent);
    const method = commands[name]?.method ?? "";
    if (problem !== undefined) {
      const error = problemError(method, 0, problemOf(problem), isWrite, now() / 1000);
      if (error instanceof BitrixLimited && error.isOfMethod) await transport.shut(method, error.retryAfterSeconds);
      outcomes.set(name, { isDone: false, error });
    } else if (done !== undefined) outcomes.set(name, { isDone: true, result: done });
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
  const operatingResetAt = numberIn(mapOf(map["time"]), "operating_reset_at");
  return {
    ...{ code: textIn(map, "error") ?? "", words: textIn(map, "error_description") ?? "" },
    ...(operatingResetAt !== undefined && { operatingResetAt }),
  };
};
