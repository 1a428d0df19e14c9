import { type Call, Page, type Params, Refusal } from "../call.ts";
import { methods } from "../methods.ts";
import type { Portal, User } from "../portal.ts";
import { runBatch } from "./batch.ts";
import { type FaultBox, operationLimit, refusalOf } from "./faults.ts";
import type { Operating } from "./limits.ts";
import { timeOf } from "./reply.ts";

/** Runs methods for whoever has been let in. */
export interface Desk {
  readonly portal: Portal;
  readonly faults: FaultBox;
  readonly operating: Operating;
  /** Counts each command, also those inside batches. */
  count(method: string): void;
}

export interface Caller {
  readonly user: User;
  readonly context: "webhook" | "app";
}

/** Answers the whole body of an answer; throws `Refusal`. */
export async function answerMethod(desk: Desk, caller: Caller, method: string, params: Params): Promise<unknown> {
  const { result, time } = method === "batch" ? await batch(desk, caller, params) : await command(desk, caller, method, params);
  if (!(result instanceof Page)) return { result, time };
  return { result: result.result, ...(result.next === undefined ? {} : { next: result.next }), total: result.total, time };
}

async function batch(desk: Desk, caller: Caller, params: Params) {
  const startedAt = desk.portal.now();
  desk.count("batch");
  const call: Call = { portal: desk.portal, method: "batch", params, ...caller };
  const result = await runBatch(call, async (method, below) => {
    const fault = desk.faults.take(method, true);
    const refusal = fault && refusalOf(fault, desk.operating.resetAt());
    if (refusal) throw refusal;
    return command(desk, caller, method, below);
  });
  return { result, time: timeOf(startedAt, desk.portal.now(), desk.operating.grow("batch"), desk.operating.resetAt()) };
}

async function command(desk: Desk, caller: Caller, name: string, params: Params) {
  const startedAt = desk.portal.now();
  desk.count(name);
  const method = methods[name];
  if (!method) throw new Refusal(404, "ERROR_METHOD_NOT_FOUND", "Method not found!");
  if (method.appOnly && caller.context === "webhook")
    throw new Refusal(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method");
  if (!allows(desk.portal.scopes(), method.scope))
    throw new Refusal(403, "insufficient_scope", "The request requires higher privileges than provided by the access token");
  if (method.adminOnly && !caller.user.isAdmin) throw new Refusal(403, "ACCESS_DENIED", "Access denied! Only for administrators");
  const blocked = desk.operating.blockedUntil(name);
  if (blocked !== undefined) throw operationLimit(blocked);
  const result = await method.run({ portal: desk.portal, method: name, params, ...caller });
  return { result, time: timeOf(startedAt, desk.portal.now(), desk.operating.grow(name), desk.operating.resetAt()) };
}

/** Of users there are scopes with fewer fields: `user_brief`, `user_basic`. */
const allows = (scopes: readonly string[] | undefined, scope: string): boolean =>
  scope === "" ||
  scopes === undefined ||
  scopes.some((one) => scope.split("|").includes(one) || (scope === "user" && one.startsWith("user_")));
