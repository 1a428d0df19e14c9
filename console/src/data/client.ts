import { addresses, type operations } from "./api.gen.ts";
import { noteContact, noteSession } from "./reach.ts";

/** The client of `/hub/v1`: its operations, shapes and addresses come from the OpenAPI description. */

export type OperationId = keyof operations;
type Operation<Id extends OperationId> = operations[Id];
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Success<R> = R extends { 200: infer A }
  ? Json<A>
  : R extends { 201: infer A }
    ? Json<A>
    : R extends { 202: infer A }
      ? Json<A>
      : undefined;

export type AnswerOf<Id extends OperationId> = Success<Operation<Id>["responses"]>;
export type QueryOf<Id extends OperationId> = NonNullable<Operation<Id>["parameters"]["query"]>;
export type PathOf<Id extends OperationId> = NonNullable<Operation<Id>["parameters"]["path"]>;
export type BodyOf<Id extends OperationId> = Json<NonNullable<Operation<Id> extends { requestBody?: infer B } ? B : undefined>>;
/** One item of a list. */
export type ItemOf<Id extends OperationId> = AnswerOf<Id> extends { items: (infer Item)[] } ? Item : never;

export interface Input<Id extends OperationId> {
  readonly path?: PathOf<Id>;
  readonly query?: QueryOf<Id>;
  readonly body?: BodyOf<Id>;
  /** Instead of a body, where the operation takes a file. */
  readonly file?: Blob;
  /** The version that the change was made on: 412 when somebody has changed the record since. */
  readonly version?: string;
  /** The same key, sent again, changes nothing and answers the same. */
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** How long an answer may take, where that is longer than usual. */
  readonly patienceSeconds?: number;
}

/** What the hub said instead: RFC 9457. `errors` names each field to mend. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** With 412: the record as it is now. */
  readonly current: unknown;
  constructor(status: number, body: Partial<{ title: string; detail: string; errors: Record<string, string[]>; current: unknown }>) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.errors = body.errors ?? {};
    this.current = body.current;
  }
}

/** Nothing came back: no network, or the hub is being restarted. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

const deadlineMs = 30_000;
const fileDeadlineMs = 600_000;

/** Sends one request. Throws `ApiProblem` and `Unreachable`. */
export async function send<Id extends OperationId>(id: Id, input: Input<Id> = {}): Promise<AnswerOf<Id>> {
  const [method] = addresses[id];
  const timeout = AbortSignal.timeout(
    input.patienceSeconds !== undefined ? input.patienceSeconds * 1000 : input.file === undefined ? deadlineMs : fileDeadlineMs,
  );
  let response: Response;
  try {
    response = await fetch(addressOf(id, input), {
      method,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(input.body !== undefined && { "content-type": "application/json" }),
        ...(input.file !== undefined && { "content-type": "application/octet-stream" }),
        ...(input.version !== undefined && { "if-match": `"${input.version}"` }),
        ...(input.key !== undefined && { "idempotency-key": input.key }),
      },
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      ...(input.file !== undefined && { body: input.file }),
      signal: input.signal ? AbortSignal.any([input.signal, timeout]) : timeout,
    });
  } catch (error) {
    if (input.signal?.aborted) throw error;
    noteContact(false);
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
  // A proxy answers for a hub that is away. With 502 in its own words, the hub tells of somebody else who is.
  const isHubs = response.status === 502 && response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  if (!isHubs && (response.status === 502 || response.status === 503 || response.status === 504)) {
    noteContact(false);
    throw new Unreachable(`HTTP ${response.status}`);
  }
  noteContact(true);
  noteSession(response.status === 401);
  if (response.status === 204) return undefined as AnswerOf<Id>;
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiProblem(response.status, body as object);
  return body as AnswerOf<Id>;
}

/** The address of an operation, for links to files and for pages that the browser itself opens. */
export function addressOf<Id extends OperationId>(id: Id, { path, query }: Pick<Input<Id>, "path" | "query"> = {}): string {
  const [, template] = addresses[id];
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((path as Record<string, unknown>)[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? address : `${address}?${text}`;
}
