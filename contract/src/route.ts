import { type Static, type TSchema, Type } from "typebox";

/**
 * What a caller must be allowed to do. `crm:write` is records and what belongs to them, `crm:setup` what the CRM is made of.
 * `operator` is the hub's own administrator, above all workspaces.
 */
export const scopes = ["crm:read", "crm:write", "crm:setup", "hub:read", "hub:write", "users:write", "operator"] as const;
export type Scope = (typeof scopes)[number];

/** One route of `/hub/v1`: what the server checks, what the description says and what the console's client knows, in one value. */
export interface Route {
  /** The operation's name; unique. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/hub/v1`, with `:name` for parameters. */
  readonly path: string;
  /** `public`: no credentials. `signed-in`: any. */
  readonly scope: Scope | "public" | "signed-in";
  readonly summary: string;
  /** What a summary cannot hold. */
  readonly description?: string;
  readonly tag: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** The body is a file: its bytes, or one part of a multipart form. */
  readonly upload?: true;
  /** The answer is a file of this type, sent while it is made. */
  readonly download?: string;
  /** Without one, 204. */
  readonly answer?: TSchema;
  /** The answer is a record with a `version`: it stands in `ETag`, and a change or deletion may ask for it with `If-Match`. */
  readonly versioned?: true;
  /** 200 unless stated. */
  readonly status?: 200 | 201 | 202;
}

type Shape<S> = S extends TSchema ? Static<S> : undefined;
export type ParamsOf<R extends Route> = Shape<R["params"]>;
export type QueryOf<R extends Route> = Shape<R["query"]>;
export type BodyOf<R extends Route> = Shape<R["body"]>;
export type AnswerOf<R extends Route> = R["answer"] extends TSchema ? Static<R["answer"]> : undefined;

export const route = <const R extends Route>(definition: R): R => definition;

/** Every list answers a page of this shape. `next_cursor` is null on the last page. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

/** Every list takes these. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 250, default: 50, description: "Items on a page" })),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: "`next_cursor` of the page before" })),
};

export const ById = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
export const ByUuid = Type.Object({ id: Type.String({ format: "uuid" }) });

/** RFC 9457. `errors` names each field to mend. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  current: Type.Optional(Type.Unknown({ description: "Of 412: the record as it is now" })),
  request_id: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;

/** RFC 3339 with offset, as written by us. */
export const Moment = Type.String({ format: "date-time" });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
