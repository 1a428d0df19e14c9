import type { Workspace, WorkspaceId } from "@svyazka/core";
import type { Database } from "@svyazka/crm";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import Fastify from "fastify";
import { crmRoutes } from "../src/api/crm-routes.ts";
import { answerError } from "../src/api/problems.ts";
import { etagOf, ifMatch } from "../src/api/versions.ts";
import { silentChannels } from "./silent-channels.ts";

/** What came back. `body` is for tests to look into. */
export interface Answered {
  readonly status: number;
  readonly etag?: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}
export type Ask = (
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
  more?: { own?: number; administrator?: boolean; group?: readonly number[]; key?: string; ifMatch?: string },
) => Promise<Answered>;

export const workspaceOnTrial: Workspace = {
  id: 1 as WorkspaceId,
  subdomain: "example",
  name: "ООО Пример",
  country: "RU",
  timeZone: "Europe/Moscow",
  language: "ru",
  currency: "RUB",
};

/** The CRM's routes alone, checked as the hub checks them, with a caller of one's choice: for tests. */
export function apiOnTrial(database: Database, workspace: Workspace): Ask {
  const app = Fastify({ routerOptions: { maxParamLength: 300 } });
  const strict = addFormats.default(new Ajv({ allErrors: true, useDefaults: true, strict: false }));
  const reading = addFormats.default(new Ajv({ allErrors: true, useDefaults: true, coerceTypes: "array", strict: false }));
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === "body" ? strict : reading).compile(schema));
  app.setErrorHandler(answerError);
  for (const { route, handle } of crmRoutes(
    (_, { url }) => ({ url, kept: false }),
    async () => {},
    silentChannels,
  )) {
    app.route({
      method: route.method,
      url: route.path,
      schema: {
        ...(route.params && { params: route.params }),
        ...(route.query && { querystring: route.query }),
        ...(route.body && { body: route.body }),
      },
      async handler(request, reply) {
        const own = Number(request.headers["x-own"] ?? 0);
        const group = String(request.headers["x-group"] ?? "")
          .split(",")
          .filter(Boolean)
          .map(Number);
        const key = request.headers["idempotency-key"];
        const answer = await handle({
          params: request.params as never,
          query: request.query as never,
          body: request.body as never,
          caller: {
            workspace,
            scopes: new Set(request.headers["x-administrator"] === "true" ? ["users:write"] : []),
            name: own ? `user:${own}` : "token:1",
            ...(own > 0 && { userId: own, sees: group.length > 0 ? group : [own] }),
          },
          sql: database.in(workspace.id),
          ...(typeof key === "string" && { idempotencyKey: key }),
          ...(route.versioned && { ifMatch: ifMatch(request) }),
          ip: "127.0.0.1",
          request,
        });
        const etag = etagOf(route, answer);
        if (etag !== undefined) reply.header("etag", etag);
        return answer === undefined ? reply.code(204).send() : reply.code(route.status ?? 200).send(answer);
      },
    });
  }
  return async (method, path, body, { own, administrator, group, key, ifMatch: seen } = {}) => {
    const headers = {
      ...(own !== undefined && { "x-own": String(own), "x-group": (group ?? []).join(",") }),
      ...(administrator && { "x-administrator": "true" }),
      ...(key !== undefined && { "idempotency-key": key }),
      ...(seen !== undefined && { "if-match": seen }),
    };
    const reply = await app.inject({ method, url: path, headers, ...(body && { payload: body }) });
    return { status: reply.statusCode, etag: reply.headers.etag, body: reply.body === "" ? undefined : reply.json() };
  };
}
