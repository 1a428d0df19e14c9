import { readBrackets } from "@svyazka/wire";
import { type Call, Page, type Params, phpMap, Refusal } from "../call.ts";
import { isMap, isYes, mapOf, paramOf, textOf } from "../params.ts";

/** One command as the batch tells of it. */
export interface Outcome {
  readonly result: unknown;
  readonly time: unknown;
}

const mostCommands = 50;

/** `batch`: commands in order, each with its own outcome: settings/how-to-call-rest-api/batch. */
export async function runBatch(call: Call, run: (method: string, params: Params) => Promise<Outcome>): Promise<unknown> {
  const halt = isYes(paramOf(call, "halt"));
  const kept = { result: new Kept(), result_error: new Kept(), result_total: new Kept(), result_next: new Kept(), result_time: new Kept() };
  const commands = Object.entries(mapOf(paramOf(call, "cmd")));
  for (const [index, [key, command]] of commands.entries()) {
    try {
      if (index >= mostCommands) throw new Refusal(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
      const { method, params } = readCommand(textOf(command));
      if (method === "batch") throw new Refusal(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage");
      const { result, time } = await run(method, fillIn(params, kept.result.map) as Params);
      kept.result.put(key, result instanceof Page ? result.result : result);
      if (result instanceof Page) {
        kept.result_total.put(key, result.total);
        if (result.next !== undefined) kept.result_next.put(key, result.next);
      }
      kept.result_time.put(key, time);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      kept.result_error.put(key, { error: error.error, error_description: error.description, ...error.more });
      if (halt) break;
    }
  }
  return Object.fromEntries(Object.entries(kept).map(([name, one]) => [name, one.written()]));
}

/** `crm.item.get?entityTypeId=2&id=1`. */
function readCommand(command: string): { readonly method: string; readonly params: Params } {
  const [name = "", ...query] = command.split("?");
  return { method: methodOf(name), params: readBrackets(query.join("?")) };
}

export const methodOf = (name: string): string =>
  name
    .trim()
    .replace(/^\/+/, "")
    .replace(/\.(json|xml)$/i, "")
    .toLowerCase();

/** `$result[key][field][0]` is the value of an earlier command; what is not there is empty. */
function fillIn(value: unknown, results: Params): unknown {
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, fillIn(below, results)]));
  if (typeof value !== "string" || !value.includes("$result")) return value;
  const whole = /^\$result((?:\[[^\]]*\])+)$/.exec(value);
  if (whole?.[1]) return found(results, whole[1]) ?? "";
  return value.replace(/\$result((?:\[[^\]]*\])+)/g, (_, path: string) => textOf(found(results, path)));
}

function found(results: Params, path: string): unknown {
  let at: unknown = results;
  for (const [, part = ""] of path.matchAll(/\[([^\]]*)\]/g)) at = isMap(at) ? at[part] : undefined;
  return at;
}

/** What PHP would write: a list when its keys are 0, 1, 2. */
class Kept {
  readonly map: Record<string, unknown> = {};
  put(key: string, value: unknown): void {
    this.map[key] = value;
  }
  written(): unknown {
    const keys = Object.keys(this.map);
    return keys.every((key, index) => key === String(index)) ? keys.map((key) => this.map[key]) : phpMap(this.map);
  }
}
