import {
  type Answer,
  type AnyFlow,
  type AnyVendor,
  type DoorProblem,
  type DoorRoute,
  type InboundRequest,
  Intruder,
  Malformed,
  type Received,
  type Reply,
  Unavailable,
} from "@svyazka/core";
import { doorName } from "../connections/manage.ts";
import type { LiveConnection, Registry, WorkspaceView } from "../connections/registry.ts";
import { DatabaseUnavailable } from "../db/pool.ts";
import type { JournalLine, Ledger, PlannedEvent } from "../delivery/ledger.ts";
import { nobodyListens, plan } from "../delivery/plan.ts";
import { redact, redactHeaders, spellingsOf } from "../net/redact.ts";
import { underWay } from "../net/way-out.ts";
import { decode, type RawRequest } from "./decode.ts";
import { namedWorkspace } from "./named-workspace.ts";
import type { RateLimits } from "./rate-limits.ts";

/** A request at a vendor's door, before anyone knows whose it is. */
export interface Knock {
  readonly vendor: AnyVendor;
  readonly route: DoorRoute;
  readonly raw: RawRequest;
  /** What stood before the vendor's own path: "" or "/in/<key>", without the key if it is a secret. */
  readonly prefix: string;
  /** `<key>` of `/in/<key>/…`: the number of a connection, or a secret that names it. */
  readonly key?: string;
}

export interface DoorCounts {
  count(vendor: string, outcome: string): void;
  onBug(error: unknown, knock: Knock): void;
}

export interface DoorOptions {
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly flows: readonly AnyFlow[];
  readonly rateLimits: RateLimits;
  readonly counts: DoorCounts;
  /** See `Hub.publicUrl`. */
  publicUrl(): string;
}

type Understood =
  | { readonly received: Received }
  | { readonly problem: DoorProblem; readonly outcome: "malformed" | "failed"; readonly detail: string };

/**
 * From a request to its answer: who is it for, what does it mean, write it down, answer. A fact is answered only after it is on disk.
 * Never throws: whatever happens, the sender gets an answer in the protocol's own shape.
 */
export async function receive(knock: Knock, options: DoorOptions): Promise<Reply> {
  const { vendor, route, raw } = knock;
  const { door } = vendor;
  if (!door) return plainRefusal(404);
  const request = await decode(raw);
  const refuse = (problem: DoorProblem): Reply => {
    options.counts.count(vendor.id, problem.kind);
    return door.refuse(problem, request);
  };
  try {
    const early = door.before?.(request);
    if (early) return early;
    if (!route.methods.includes(raw.method)) return refuse({ kind: "method_not_allowed", allowed: route.methods });
    if (raw.body.length > door.bodyLimit) return refuse({ kind: "too_large" });
    const found = await findConnection(knock, request, options);
    if ("problem" in found) return refuse(found.problem);
    const { live, view } = found;
    const limits = vendor.limits?.(request, live.connection) ?? [];
    const wait = limits.length === 0 ? undefined : await options.rateLimits.wait(live.row.id, limits);
    if (wait !== undefined) return refuse({ kind: "rate_limited", retryAfterSeconds: wait });
    const receivedAt = new Date();
    const understood = understand(knock, request, live, receivedAt, options.counts);
    return await settle(understood, { knock, request, live, view, receivedAt, options, refuse });
  } catch (error) {
    if (error instanceof Intruder) return refuse({ kind: "wrong_token" });
    return refuse({ kind: "unavailable" });
  }
}

type Found = { readonly live: LiveConnection; readonly view: WorkspaceView } | { readonly problem: DoorProblem };

async function findConnection(
  { vendor, key }: Knock,
  request: InboundRequest,
  { registry, publicUrl }: Pick<DoorOptions, "registry" | "publicUrl">,
): Promise<Found> {
  const isNumber = key !== undefined && /^\d{1,15}$/.test(key);
  const token = isNumber || key === undefined ? vendor.door?.token(request) : key;
  const isNamed = token !== undefined && token !== "";
  const name = isNamed ? undefined : vendor.door?.name?.(request);
  if (!isNamed && name === undefined && !(isNumber && vendor.door?.isOpen?.(request))) return { problem: { kind: "no_token" } };
  const hit = await (isNamed
    ? registry.doorOfToken(token)
    : registry.door(name === undefined ? `id:${Number(key)}` : doorName(vendor, name)));
  if (!hit || (isNumber && Number(key) !== hit.connection)) return { problem: { kind: "unknown_token" } };
  const view = await registry.view(hit.workspace);
  const live = view.connections.get(hit.connection);
  if (!live) return { problem: { kind: "removed" } };
  if (live.vendor !== vendor) return { problem: { kind: "unknown_token" } };
  // At the host of one workspace nothing of another is known.
  const named = namedWorkspace(request.origin, publicUrl());
  if (named !== undefined && named !== view.workspace.subdomain && (await registry.isWorkspace(named)))
    return { problem: { kind: "unknown_token" } };
  if (live.row.state === "disabled") return { problem: { kind: "disabled" } };
  return { live, view };
}

function understand(knock: Knock, request: InboundRequest, live: LiveConnection, now: Date, counts: DoorCounts): Understood {
  try {
    const received = knock.vendor.receive?.(request, live.connection, now);
    return received ? { received } : { problem: { kind: "not_found" }, outcome: "failed", detail: "This vendor receives nothing" };
  } catch (error) {
    if (error instanceof Intruder) throw error;
    if (error instanceof Malformed)
      return { problem: { kind: "malformed", message: error.message, fields: error.fields }, outcome: "malformed", detail: error.message };
    // Our own mistake. The raw request is kept, so it can be received again once the mistake is mended.
    counts.onBug(error, knock);
    return { problem: { kind: "internal" }, outcome: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

interface Scene {
  readonly knock: Knock;
  readonly request: InboundRequest;
  readonly live: LiveConnection;
  readonly view: WorkspaceView;
  readonly receivedAt: Date;
  readonly options: DoorOptions;
  refuse(problem: DoorProblem): Reply;
}

async function settle(understood: Understood, scene: Scene): Promise<Reply> {
  const { options, knock } = scene;
  const write = (rest: Pick<JournalLine, "outcome" | "status" | "detail">, events: readonly PlannedEvent[] = []) =>
    options.ledger.record(scene.view.workspace.id, { line: { ...lineOf(scene), ...rest }, events });
  if ("problem" in understood) {
    const reply = scene.refuse(understood.problem);
    await write({ outcome: understood.outcome, status: reply.status, detail: understood.detail });
    return reply;
  }
  const { received } = understood;
  if ("page" in received) return received.page;
  if ("facts" in received) {
    const events = plan(received.facts, scene.view, options.flows, scene.live.row.id);
    const recorded = await write({ outcome: "accepted", status: received.reply.status, ...nobodyListens(events, scene.view) }, events);
    options.counts.count(knock.vendor.id, recorded.fresh ? "accepted" : "repeated");
    return received.reply;
  }
  if ("answer" in received) {
    const { facts = [], detail, ...reply } = await inTime(received, scene);
    const events = plan(facts, scene.view, options.flows, scene.live.row.id);
    if (!received.unrecorded) await write({ outcome: "answered", status: reply.status, ...(detail !== undefined && { detail }) }, events);
    options.counts.count(knock.vendor.id, "answered");
    return reply;
  }
  await write({ outcome: "ignored", status: received.reply.status, detail: received.ignored });
  options.counts.count(knock.vendor.id, "ignored");
  return received.reply;
}

function lineOf({ knock, request, live, receivedAt }: Scene): Omit<JournalLine, "outcome" | "status" | "detail"> {
  const { raw, vendor } = knock;
  const sent = vendor.door?.secrets?.(request);
  const secrets = sent ? [...live.secretSpellings, ...spellingsOf(sent)] : live.secretSpellings;
  return {
    connection: live.row.id,
    receivedAt,
    method: raw.method,
    path: raw.path,
    prefix: knock.prefix,
    query: redact(raw.query, secrets),
    headers: redactHeaders(raw.headers, secrets),
    body: redactBytes(raw.body, secrets),
    ip: raw.ip,
  };
}

function redactBytes(body: Buffer, secrets: readonly string[]): Buffer {
  if (body.length === 0) return body;
  const text = body.toString("latin1");
  // Whatever the bytes are, they stay as they came; a secret that is not ASCII stands among them as its UTF-8.
  const clean = redact(
    text,
    secrets.flatMap((secret) => [secret, Buffer.from(secret).toString("latin1")]),
  );
  return clean === text ? body : Buffer.from(clean, "latin1");
}

async function inTime(question: Question, { live, knock, options }: Scene): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(question.otherwise), question.withinMs);
  });
  try {
    return await Promise.race([underWay.run({ source: live.row.id, calls: [] }, () => question.answer(live.kit)), late]);
  } catch (error) {
    if (!(error instanceof Unavailable) && !(error instanceof DatabaseUnavailable)) options.counts.onBug(error, knock);
    return question.otherwise;
  } finally {
    clearTimeout(timer);
  }
}

type Question = Extract<Received, { readonly withinMs: number }>;

export const plainRefusal = (status: number): Reply => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: `${status}\n`,
});
