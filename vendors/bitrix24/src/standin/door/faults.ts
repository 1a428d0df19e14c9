import { Refusal } from "../call.ts";
import { html, type Reply } from "./reply.ts";

/** What goes wrong, with which method, and how often. */
export interface Fault {
  /** Exact, or "*"; any method unless said. A command within a batch is met by its own name only. */
  readonly method?: string;
  /** 1 unless said. */
  readonly times?: number;
  readonly kind:
    | "query_limit"
    | "operation_time_limit"
    | "internal"
    | "overload"
    | "html"
    | "empty_error"
    | "timeout_after"
    | "timeout_before"
    | "access_denied"
    | "portal_deleted"
    | "no_auth_found"
    | "redirect_login"
    | "slow";
  /** Of `slow` how long it takes; of `operation_time_limit` how long the method stays blocked. */
  readonly ms?: number;
  readonly description?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
}

export interface FaultBox extends Faults {
  /** Takes the next fault of a method, if there is one: one time of it is used up. */
  take(method: string, isCommand?: boolean): Fault | undefined;
}

export function faultBox(): FaultBox {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) =>
      void waiting.push({ fault: { ...fault, ...(fault.method ? { method: fault.method.toLowerCase() } : {}) }, left: fault.times ?? 1 }),
    clear() {
      waiting = [];
    },
    take(method, isCommand = false) {
      const found = waiting.find(({ fault }) => fault.method === method || (!isCommand && (fault.method ?? "*") === "*"));
      if (found && --found.left <= 0) waiting = waiting.filter((one) => one !== found);
      return found?.fault;
    },
  };
}

/** The faults that are answered as errors. */
export function refusalOf(fault: Fault, resetAt: number): Refusal | undefined {
  const say = (status: number, error: string, text: string, more = {}) => new Refusal(status, error, fault.description ?? text, more);
  if (fault.kind === "query_limit") return say(503, "QUERY_LIMIT_EXCEEDED", "Too many requests");
  if (fault.kind === "operation_time_limit") return operationLimit(resetAt, fault.description);
  if (fault.kind === "internal") return say(500, "INTERNAL_SERVER_ERROR", "Internal server error");
  if (fault.kind === "overload") return say(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload.");
  if (fault.kind === "empty_error") return say(400, "", "Not found");
  if (fault.kind === "access_denied") return say(403, "ACCESS_DENIED", "REST is available only on commercial plans.");
  if (fault.kind === "portal_deleted") return say(500, "PORTAL_DELETED", "Portal was deleted");
  if (fault.kind === "no_auth_found") return say(401, "NO_AUTH_FOUND", "Wrong authorization data");
  return undefined;
}

export const operationLimit = (resetAt: number, description = "Method is blocked due to operation time limit."): Refusal =>
  new Refusal(429, "OPERATION_TIME_LIMIT", description, { time: { operating: 480.1, operating_reset_at: resetAt } });

/** The faults that are answered by something else than JSON. */
export function pageOfFault(fault: Fault, url: string): Reply | undefined {
  if (fault.kind === "html") return html(502, "502 Bad Gateway");
  if (fault.kind === "redirect_login") return html(302, "Found", { location: `${url}/auth/?login=yes` });
  return undefined;
}
