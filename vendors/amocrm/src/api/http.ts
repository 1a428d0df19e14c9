import { readBrackets, type Tree } from "@svyazka/wire";
import {
  type FieldProblem,
  fieldProblem,
  halType,
  type ItemProblems,
  type Problem,
  problemType,
  writeInvalid,
  writeProblem,
} from "../protocol.ts";
import { type Account, Denied, Missing, Unfit } from "./account.ts";

/** A request to the API, whoever is behind it. */
export interface ApiRequest {
  readonly method: string;
  /** From `/api` on. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  readonly body: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request's own scheme and host, and what stands before `/api`: addresses in answers begin with it. */
  readonly origin: string;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a handler works with. */
export interface At {
  readonly account: Account;
  readonly request: ApiRequest;
  /** What stands for `{…}` in the path. */
  readonly params: readonly string[];
  readonly query: Tree;
  /** Unix seconds. */
  readonly now: number;
  /** The body as JSON. Throws `Refusal` when it is none. */
  json(): unknown;
}

/** A body with its status (200 unless told); without one, 204 unless told. */
export type Answer = { readonly status?: number; readonly body?: unknown; readonly type?: string } | undefined;
export type Handler = (at: At) => Promise<Answer>;

/** Ends a request with this problem. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export const notFound = (detail = "Entity not found"): Refusal => new Refusal(writeProblem(404, detail));

/** Throws when something is wrong. What belongs to no item of a batch is of the item 0. */
export function refuse(problems: readonly FieldProblem[], requestId = "0"): void {
  if (problems.length > 0) throw new Refusal(writeInvalid([{ request_id: requestId, errors: problems }]));
}

export const refuseItems = (items: readonly ItemProblems[]): Refusal => new Refusal(writeInvalid(items));

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

/** `/api/v4/leads/{id}`: `{id}` stands for a number, `{word}` for any other part. */
export const route = (method: string, path: string, handler: Handler): Route => ({
  method,
  pattern: new RegExp(`^${path.replaceAll("{id}", "(\\d{1,15})").replace(/\{\w+\}/g, "([^/]+)")}/?$`),
  handler,
});

/** The number in the path at this place. */
export const idAt = ({ params }: At, place = 0): number => Number(params[place]);

/** Answers one request. Throws only what is our own mistake, or the database's. */
export async function answer(routes: readonly Route[], account: Account, request: ApiRequest, now: number): Promise<ApiReply> {
  const fits = routes.flatMap((one) => {
    const found = one.pattern.exec(request.path);
    return found ? [{ route: one, params: found.slice(1).map((part) => decode(part)) }] : [];
  });
  const hit = fits.find(({ route }) => route.method === request.method);
  if (!hit) {
    if (fits.length === 0) return reply(writeProblem(404, `Cannot ${request.method} ${request.path.slice(0, 200)}`));
    const allowed = [...new Set(fits.map(({ route }) => route.method))].join(", ");
    return reply(writeProblem(405, `Method ${request.method} is not allowed. Allowed: ${allowed}`), { allow: allowed });
  }
  const at: At = {
    ...{ account, request, params: hit.params, query: readBrackets(request.query), now },
    json: () => readJson(request.body),
  };
  try {
    const given = await hit.route.handler(at);
    if (given === undefined) return { status: 204, headers: {}, body: "" };
    if (given.body === undefined) return { status: given.status ?? 204, headers: {}, body: "" };
    return { status: given.status ?? 200, headers: { "content-type": given.type ?? halType }, body: JSON.stringify(given.body) };
  } catch (error) {
    return replyTo(error);
  }
}

function replyTo(error: unknown): ApiReply {
  if (error instanceof Refusal) return reply(error.problem);
  if (error instanceof Missing) return reply(writeProblem(404, error.message));
  if (error instanceof Denied) return reply(writeProblem(403, error.message));
  if (error instanceof Unfit)
    return reply(writeInvalid([{ request_id: "0", errors: [fieldProblem(error.code, error.path, error.message)] }]));
  throw error;
}

export const reply = (problem: Problem, headers: Readonly<Record<string, string>> = {}): ApiReply => ({
  status: problem.status,
  headers: { "content-type": problemType, ...headers },
  body: JSON.stringify(problem),
});

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(writeProblem(400, text.trim() === "" ? "The request has no body" : "The body is not JSON"));
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
