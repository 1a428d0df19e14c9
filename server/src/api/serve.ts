import type { Route } from "@svyazka/contract";
import { Problem } from "@svyazka/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Hub } from "../hub.ts";
import { audited } from "./audit.ts";
import type { Authentication } from "./authenticate.ts";
import { Download } from "./download.ts";
import { once } from "./idempotency.ts";
import type { Call, Caller, Implementation } from "./implement.ts";
import { ApiError, answerError, sendProblem } from "./problems.ts";
import { etagOf, ifMatch } from "./versions.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether its body is a file, handed on as a stream. */
    upload?: boolean;
  }
  interface FastifyRequest {
    /** Who asks, once it is known. */
    caller?: Caller;
  }
}

export const apiPrefix = "/hub/v1";

/** Puts routes of the contract on the server: who may call, what is checked, how errors look, and the description of each. */
export function serveApi(app: FastifyInstance, hub: Hub, authentication: Authentication, implementations: readonly Implementation[]): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, request, { status: 404, detail: `There is no ${request.method} ${request.url.split("?")[0]}` }),
  );
  app.decorateRequest("caller");
  for (const implementation of implementations) {
    const { route } = implementation;
    app.route({
      method: route.method,
      url: route.path,
      config: { upload: route.upload === true },
      schema: describe(route),
      // Before anything is said about the request, it must be known who asks.
      preValidation: async (request) => {
        request.caller = await authorise(request, route, authentication);
      },
      handler: async (request, reply) => answer(request, reply, hub, implementation),
    });
  }
}

async function answer(request: FastifyRequest, reply: FastifyReply, hub: Hub, implementation: Implementation): Promise<FastifyReply> {
  const { route } = implementation;
  const { caller } = request;
  if (!caller) throw new ApiError(401, "Sign in first");
  const key = request.headers["idempotency-key"];
  const sql = hub.pool.in(caller.workspace.id);
  const call: Call<Route> = {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    caller,
    sql,
    ...(typeof key === "string" && key !== "" && { idempotencyKey: key.slice(0, 200) }),
    ...(route.versioned && { ifMatch: ifMatch(request) }),
    ip: request.ip,
    request,
  };
  const status = route.download ? 200 : route.answer ? (route.status ?? 200) : 204;
  const handle = audited(route, status, implementation.handle);
  if (call.idempotencyKey === undefined || route.method !== "POST" || route.upload) return finish(reply, route, status, await handle(call));
  const stored = await once(
    sql,
    hub.keys,
    call.idempotencyKey,
    { route: `${route.id} ${JSON.stringify(call.params ?? {})}`, body: call.body },
    async () => ({
      status,
      answer: await handle(call),
    }),
  );
  return finish(reply, route, stored.status, stored.answer);
}

function finish(reply: FastifyReply, route: Route, status: number, answer: unknown): FastifyReply {
  if (answer === undefined || answer === null) return reply.code(204).send();
  if (answer instanceof Download) {
    return reply
      .code(status)
      .type(route.download ?? "application/octet-stream")
      .header("content-disposition", `attachment; filename="${answer.name}"`)
      .header("cache-control", "no-store")
      .send(answer.stream);
  }
  const etag = etagOf(route, answer);
  if (etag !== undefined) reply.header("etag", etag);
  return reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(answer));
}

async function authorise(request: FastifyRequest, route: Route, authentication: Authentication): Promise<Caller> {
  const caller = await authentication.callerOf(request);
  if (route.scope === "public") return caller ?? authentication.nobody;
  if (!caller) throw new ApiError(401, "Sign in, or send a token: Authorization: Bearer <token>");
  if (route.scope !== "signed-in" && !caller.scopes.has(route.scope)) {
    throw new ApiError(
      caller.name === "operator" ? 400 : 403,
      caller.name === "operator" ? "Say which workspace: Svyazka-Workspace: <subdomain>" : `This needs the scope ${route.scope}`,
    );
  }
  return caller;
}

const IfMatch = {
  type: "object",
  properties: { "if-match": { type: "string", description: "The record's `ETag`: change it only while it is at that version" } },
};
const etagHeader = { ETag: { type: "string", description: "The record's version, for `If-Match`" } };

/** Its bytes, or one part of a form. No type: what arrives is a stream. */
const fileContent = Object.fromEntries(
  ["application/octet-stream", "text/csv", "multipart/form-data"].map((type) => [type, { schema: { description: "The file" } }]),
);

/** What the description says of a route, and what its requests are checked with. */
export function describe(route: Route): object {
  const open = route.scope === "public";
  const changes = route.versioned && (route.method === "PATCH" || route.method === "DELETE");
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    description: [
      ...(route.description ? [route.description] : []),
      ...(open || route.scope === "signed-in" ? [] : [`Needs the scope \`${route.scope}\`.`]),
    ].join("\n\n"),
    ...(open ? { security: [] } : {}),
    ...(route.params && { params: route.params }),
    ...(route.query && { querystring: route.query }),
    ...(route.body && { body: route.body }),
    ...(route.upload && { body: { content: fileContent } }),
    ...(changes && { headers: IfMatch }),
    response: {
      ...(route.download && { 200: { description: "The file", content: { [route.download]: { schema: { type: "string" } } } } }),
      ...(route.answer
        ? { [route.status ?? 200]: { ...route.answer, ...(route.versioned && { headers: etagHeader }) } }
        : route.download
          ? {}
          : { 204: { type: "null", description: "Done" } }),
      ...(changes && { 412: { description: "Changed since it was read: `current` is the record as it is now", ...Problem } }),
      "4xx": Problem,
    },
  };
}
