import type { Params, Portal, User } from "./portal.ts";

export type { Params } from "./portal.ts";

/** One command: who asks for what, by which kind of key. */
export interface Call {
  readonly portal: Portal;
  /** Lower case, without `.json`. */
  readonly method: string;
  readonly params: Params;
  readonly user: User;
  readonly context: "webhook" | "app";
}

export interface Method {
  /** What of the key's scopes allows it: any of those named, split by `|`; "" is any there are. */
  readonly scope: string;
  /** Refused to webhooks: 403 WRONG_AUTH_TYPE. */
  readonly appOnly?: boolean;
  readonly adminOnly?: boolean;
  /** Answers `result`, or a `Page` of it; throws `Refusal`. */
  run(call: Call): unknown;
}

export type Methods = Readonly<Record<string, Method>>;

/** An answer that is an error. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** What goes beside them. */
  readonly more: Params;

  constructor(status: number, error: string, description: string, more: Params = {}) {
    super(`${error} ${description}`);
    this.status = status;
    this.error = error;
    this.description = description;
    this.more = more;
  }
}

/** A page of a list: what goes beside `result`. */
export class Page {
  readonly result: unknown;
  readonly total: number;
  readonly next: number | undefined;

  constructor(result: unknown, total: number, next: number | undefined) {
    this.result = result;
    this.total = total;
    this.next = next;
  }
}

/** PHP has no empty map: it is written as an empty list. */
export const phpMap = <T extends object>(map: T): T | [] => (Object.keys(map).length === 0 ? [] : map);
