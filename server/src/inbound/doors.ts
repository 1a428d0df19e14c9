import type { AnyVendor, DoorRoute, Reply } from "@svyazka/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type DoorOptions, type Knock, plainRefusal, receive } from "./receive.ts";

const everyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Serves the literal paths of every vendor's documents, and all of them again below `/in/<connection>`.
 * Bodies come as bytes: what they are is for the decoder to find out.
 */
export async function serveDoors(app: FastifyInstance, vendors: readonly AnyVendor[], options: DoorOptions): Promise<void> {
  const doors = vendors.filter((vendor) => vendor.door !== undefined);
  const largest = Math.max(1_048_576, ...doors.map((vendor) => vendor.door?.bodyLimit ?? 0));

  app.removeAllContentTypeParsers();
  // A type that is none must not cost a lead: the bytes tell what they are. The header as it was sent stays beside it, for the journal.
  app.addHook("onRequest", (request, _reply, done) => {
    const type = request.headers["content-type"];
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;.*)?$/.test(type)) {
      request.headers["content-type-as-sent"] = type;
      request.headers["content-type"] = "application/octet-stream";
    }
    done();
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  for (const vendor of doors) {
    for (const route of vendor.door?.routes ?? []) {
      // The router takes a slash at the end as it is.
      if (route.inboundOnly || (route.path.length > 1 && route.path.endsWith("/"))) continue;
      app.route({
        method: everyMethod,
        url: route.path,
        bodyLimit: vendor.door?.bodyLimit ?? largest,
        config: { door: vendor.id },
        errorHandler: (error, request, reply) => answerBroken(error, knockOf(request, vendor, asked(route, request)), reply),
        handler: async (request, reply) => send(reply, await receive(knockOf(request, vendor, asked(route, request)), options)),
      });
    }
  }

  for (const url of ["/in/:key", "/in/:key/*"])
    app.route({
      method: everyMethod,
      url,
      bodyLimit: largest,
      config: { door: "in" },
      errorHandler: (error, request, reply) => {
        void inboundKnock(request, doors, options).then((knock) => answerBroken(error, knock, reply));
      },
      handler: async (request, reply) => {
        const knock = await inboundKnock(request, doors, options);
        return send(reply, "status" in knock ? knock : await receive(knock, options));
      },
    });
}

/**
 * What no route takes: an unusual method on a vendor's path, or a path beside it. Answered as the vendor whose neighbourhood it is would;
 * never with the address itself, which may hold a token.
 */
export function answerUnknown(vendors: readonly AnyVendor[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = (request.url.split("?")[0] ?? "/").replace(/(.)\/+$/, "$1");
  const neighbourhood = path.split("/")[1];
  for (const vendor of vendors) {
    const routes = vendor.door?.routes.filter((route) => !route.inboundOnly) ?? [];
    const route = routes.find((known) => leadsTo(known, path));
    if (!vendor.door || !(route || routes.some((known) => known.path.split("/")[1] === neighbourhood))) continue;
    const knock = knockOf(request, vendor, { methods: [], ...route, path });
    return send(
      reply,
      vendor.door.refuse(route ? { kind: "method_not_allowed", allowed: route.methods } : { kind: "not_found" }, emptyRequest(knock)),
    );
  }
  return send(reply, plainRefusal(404));
}

/** `/in/<key>/<path>`: the key finds the connection, its vendor finds the route. */
async function inboundKnock(request: FastifyRequest, doors: readonly AnyVendor[], options: DoorOptions): Promise<Knock | Reply> {
  const { key, "*": rest = "" } = request.params as { key: string; "*"?: string };
  const path = `/${rest.replace(/\/+$/, "")}`;
  const isNumber = /^\d{1,15}$/.test(key);
  try {
    const hit = await (isNumber ? options.registry.door(`id:${Number(key)}`) : options.registry.doorOfToken(key));
    const live = hit && (await options.registry.view(hit.workspace)).connections.get(hit.connection);
    // Unknown keys are answered as the first vendor that has such a path would answer a wrong token: nobody can probe for connections. A path that no vendor has is
    // nobody's to answer.
    const vendor = live?.vendor ?? doors.find((known) => known.door?.routes.some((route) => leadsTo(route, path)));
    if (!vendor?.door) return plainRefusal(404);
    const route = vendor.door.routes.find((known) => leadsTo(known, path));
    const knock = knockOf(request, vendor, { methods: [], ...route, path }, key, isNumber ? `/in/${key}` : `/in/${live?.row.id ?? "?"}`);
    return route ? knock : vendor.door.refuse({ kind: "not_found" }, emptyRequest(knock));
  } catch {
    const [vendor] = doors;
    const knock = vendor && knockOf(request, vendor, { path, methods: [] }, key, "/in");
    return knock?.vendor.door?.refuse({ kind: "unavailable" }, emptyRequest(knock)) ?? plainRefusal(503);
  }
}

/** Whether this route takes this path: its own, or every one below it. */
const leadsTo = ({ path }: DoorRoute, asked: string): boolean =>
  path.endsWith("/*") ? asked.startsWith(path.slice(0, -1)) && asked.length >= path.length : path === asked;

/** The route with the path that was asked for. */
const asked = (route: DoorRoute, request: FastifyRequest): DoorRoute =>
  route.path.endsWith("/*")
    ? { ...route, path: `${route.path.slice(0, -1)}${(request.params as { "*": string })["*"].replace(/\/+$/, "")}` }
    : route;

function knockOf(request: FastifyRequest, vendor: AnyVendor, route: DoorRoute, key?: string, prefix = ""): Knock {
  const question = request.raw.url?.indexOf("?") ?? -1;
  return {
    vendor,
    route,
    prefix,
    ...(key !== undefined && { key }),
    raw: {
      method: request.method,
      path: route.path,
      query: question === -1 ? "" : (request.raw.url ?? "").slice(question + 1),
      headers: plainHeaders(request.headers),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      ip: request.ip,
      origin: originOf(request, route.path),
    },
  };
}

/** `https://hub.example/in/7` of `https://hub.example/in/7/api/v4/leads`. */
function originOf({ protocol, host, raw }: FastifyRequest, path: string): string {
  const [whole = ""] = (raw.url ?? "").split("?");
  const before = whole.endsWith(path) ? whole.slice(0, whole.length - path.length) : "";
  return `${protocol}://${host}${before}`;
}

function plainHeaders(headers: FastifyRequest["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}

/** The body could not even be taken in: too large, cut off, a wrong length. */
function answerBroken(error: unknown, knock: Knock | Reply, reply: FastifyReply): unknown {
  if ("status" in knock) return send(reply, knock);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  // The rest of the body is read and thrown away: a line cut while the caller still writes loses them the answer.
  reply.removeHeader("connection");
  const request = emptyRequest(knock);
  const refuse = knock.vendor.door?.refuse;
  if (status === 413) return send(reply, refuse?.({ kind: "too_large" }, request) ?? plainRefusal(413));
  if (status < 500)
    return send(
      reply,
      refuse?.({ kind: "malformed", message: "Тело запроса не читается (the request body cannot be read)", fields: {} }, request) ??
        plainRefusal(400),
    );
  return send(reply, refuse?.({ kind: "unavailable" }, request) ?? plainRefusal(503));
}

const emptyRequest = ({ raw }: Knock) => ({
  method: raw.method,
  path: raw.path,
  headers: raw.headers,
  query: Object.fromEntries(new URLSearchParams(raw.query)),
  form: {},
  files: [],
  text: "",
  ip: raw.ip,
});

function send(reply: FastifyReply, answer: Reply): FastifyReply {
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.bytes ? Buffer.from(answer.bytes) : answer.body);
}
