import { hkdfSync } from "node:crypto";
import cookie from "@fastify/cookie";
import session from "@fastify/session";
import { live } from "@svyazka/contract";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { accessRoutes } from "./api/access-routes.ts";
import { accountRoutes } from "./api/account-routes.ts";
import { accountingRoutes } from "./api/accounting-routes.ts";
import { auditRoutes } from "./api/audit-routes.ts";
import { Authentication } from "./api/authenticate.ts";
import { connectionRoutes } from "./api/connection-routes.ts";
import { recordingWriter } from "./api/crm/call-routes.ts";
import { channelsOf } from "./api/crm/channels.ts";
import { crmRoutes } from "./api/crm-routes.ts";
import { decisionRoutes } from "./api/decision-routes.ts";
import { deliveryRoutes } from "./api/delivery-routes.ts";
import { demoRoutes } from "./api/demo-routes.ts";
import { serveDescription } from "./api/description.ts";
import { doctorRoutes } from "./api/doctor-routes.ts";
import { integrationRoutes } from "./api/integration-routes.ts";
import { journalRoutes } from "./api/journal-routes.ts";
import { moveRoutes } from "./api/move-routes.ts";
import { packageRoutes } from "./api/package-routes.ts";
import { ApiError, answerError } from "./api/problems.ts";
import { routeRoutes } from "./api/route-routes.ts";
import { apiPrefix, serveApi } from "./api/serve.ts";
import { sessionRoutes } from "./api/session-routes.ts";
import { softphoneRoutes } from "./api/softphone-routes.ts";
import { telephonyRoutes } from "./api/telephony-routes.ts";
import { workspaceRoutes } from "./api/workspace-routes.ts";
import { readTls } from "./config.ts";
import { serveConsole } from "./console.ts";
import { tell } from "./db/bus.ts";
import { newId } from "./db/new-id.ts";
import { serveFiles } from "./files/serve.ts";
import type { Hub } from "./hub.ts";
import { answerUnknown, serveDoors } from "./inbound/doors.ts";
import { RateLimits } from "./inbound/rate-limits.ts";
import type { News } from "./live/news.ts";
import type { Metrics } from "./operation/metrics.ts";
import { DatabaseSessions, sessionDays } from "./people/session-store.ts";

/** Everything that listens: the doors of the vendors, `/hub/v1`, health, metrics and the console. */
export async function makeApp(hub: Hub, metrics: Metrics, news: News): Promise<FastifyInstance> {
  const { config } = hub;
  const tls = readTls(config);
  const app = Fastify({
    // One type for both: what it serves is the same.
    ...((tls && { https: tls }) as object),
    loggerInstance: hub.log as FastifyBaseLogger,
    // A logger per request costs more than the few lines that are written are worth: they carry the id themselves.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    requestIdHeader: false,
    bodyLimit: config.BODY_LIMIT,
    forceCloseConnections: "idle",
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    trustProxy: config.TRUST_PROXY === "" ? false : config.TRUST_PROXY,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    // What the HTTP parser itself refuses never reaches a route.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply as never),
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    metrics.requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    if (reply.statusCode >= 500 || hub.log.isLevelEnabled("debug")) {
      request.log.info(
        {
          request_id: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
          ip: request.ip,
        },
        "answered",
      );
    }
    done();
  });

  app.setNotFoundHandler((request, reply) => answerUnknown([...hub.vendors.values()], request, reply));
  serveHealth(app, hub, metrics);
  // A process that only delivers takes no requests: one can be stopped or added without a sender noticing.
  if (config.ROLE === "worker") return app;

  await app.register((doors) =>
    serveDoors(doors, [...hub.vendors.values()], {
      registry: hub.registry,
      ledger: hub.ledger,
      flows: [...hub.flows.values()],
      rateLimits: new RateLimits(),
      publicUrl: () => hub.publicUrl(),
      counts: {
        count: (vendor, outcome) => metrics.inbound.inc({ vendor, outcome }),
        onBug(error, knock) {
          metrics.bugs.inc({ where: `door:${knock.vendor.id}` });
          hub.log.error({ err: error, vendor: knock.vendor.id, path: knock.raw.path }, "a request could not be received");
        },
      },
    }),
  );

  await app.register(async (api) => {
    await serveDescription(api, hub);
    await api.register(
      async (inner) => {
        useStrictBodies(inner);
        const sessions = await useSessions(inner, hub);
        const authentication = new Authentication(hub);
        serveApi(inner, hub, authentication, [
          ...workspaceRoutes(hub),
          ...connectionRoutes(hub),
          ...integrationRoutes(hub),
          ...moveRoutes(hub),
          ...decisionRoutes(hub),
          ...packageRoutes(hub),
          ...accountRoutes(hub),
          ...accountingRoutes(hub),
          ...routeRoutes(hub),
          ...auditRoutes,
          ...journalRoutes(hub),
          ...deliveryRoutes(hub),
          ...sessionRoutes(hub, hub.signIn, sessions),
          ...accessRoutes(hub, sessions),
          ...softphoneRoutes(hub),
          ...doctorRoutes(hub),
          ...telephonyRoutes(hub),
          ...demoRoutes(hub),
          ...crmRoutes(recordingWriter(hub), (sql) => tell(sql, { kind: "imports", workspace: sql.workspace }), channelsOf(hub)),
        ]);
        const { path, summary, description, tag, id } = live;
        inner.get(path, { schema: { summary, description, tags: [tag], operationId: id } }, async (request, reply) => {
          const caller = await authentication.callerOf(request);
          if (!caller) throw new ApiError(401, "Sign in, or send a token: Authorization: Bearer <token>");
          reply.hijack();
          await news.listen(caller, reply.raw, () => authentication.again(request));
        });
      },
      { prefix: apiPrefix },
    );
  });

  serveFiles(app, hub);
  await serveConsole(app);
  return app;
}

function serveHealth(app: FastifyInstance, hub: Hub, metrics: Metrics): void {
  app.get("/health/live", async () => ({ ok: true }));
  app.get("/health/ready", async (_request, reply) => {
    try {
      await hub.pool.reference.query({ name: "ready", text: "select 1" });
      return { ok: true };
    } catch {
      return reply.code(503).send({ ok: false, detail: "The database cannot be reached" });
    }
  });
  app.get("/metrics", async (request, reply) => {
    const { METRICS_TOKEN } = hub.config;
    if (METRICS_TOKEN !== undefined && request.headers.authorization !== `Bearer ${METRICS_TOKEN}`) return reply.code(401).send("401\n");
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Bodies must be what the contract says, to the type; texts in addresses are read as the numbers and flags they stand for. */
function useStrictBodies(app: FastifyInstance): void {
  const strict = addFormats.default(new Ajv({ allErrors: true, useDefaults: true, strict: false }));
  const reading = addFormats.default(new Ajv({ allErrors: true, useDefaults: true, coerceTypes: "array", strict: false }));
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === "body" ? strict : reading).compile(schema));
  // The contract is kept by the types of the handlers: checking answers again would cost every request.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    body === "" ? done(null, {}) : parse(request, String(body), done),
  );
  app.addContentTypeParser(["application/octet-stream", "multipart/form-data", "text/csv", spreadsheet], (request, payload, done) => {
    if (request.routeOptions.config.upload) done(null, payload);
    else done(Object.assign(new Error("Send JSON, with Content-Type: application/json"), { statusCode: 415 }));
  });
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) =>
    body === "" ? done(null, {}) : done(Object.assign(new Error("Send JSON, with Content-Type: application/json"), { statusCode: 415 })),
  );
}

async function useSessions(app: FastifyInstance, hub: Hub): Promise<DatabaseSessions> {
  const sessions = new DatabaseSessions(hub.pool);
  await app.register(cookie);
  await app.register(session, {
    secret: Buffer.from(hkdfSync("sha256", hub.keys.master, "", "svyazka session cookie", 32)).toString("hex"),
    cookieName: "svyazka",
    store: sessions,
    saveUninitialized: false,
    rolling: false,
    cookie: {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: hub.config.PUBLIC_URL?.startsWith("https:") === true,
      maxAge: sessionDays * 86_400_000,
    },
  });
  return sessions;
}
