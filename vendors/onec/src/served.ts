import {
  type Answer,
  Conflict,
  type Door,
  type InboundRequest,
  Intruder,
  type Kit,
  LoginNeeded,
  Malformed,
  type RateLimit,
  type Received,
  Refused,
  Unavailable,
} from "@svyazka/core";
import {
  callPaths,
  kindOfSharedCall,
  readBaseCall,
  readCheckActive,
  readCounterpartyCall,
  readEventCall,
  readFieldsCall,
  readHandlersCall,
  readId,
  readOrderCall,
  readPlainCall,
} from "./protocol.ts";
import { mustBeBase, NotApproved, registerBase } from "./served/bases.ts";
import { keepCounterparty } from "./served/counterparties.ts";
import { actualHandlers, actualVersion, takeHandlers } from "./served/handlers.ts";
import { mustNameSomebody, takeEvent } from "./served/order-events.ts";
import { keepOrder } from "./served/orders.ts";
import { done, failed, later, refuse } from "./served/replies.ts";
import { saveFields } from "./served/save-fields.ts";
import type { Scene } from "./served/scene.ts";
import { basicState, readCall, sentIn, writtenPasswords } from "./served/sent.ts";
import type { OneC } from "./settings.ts";

/** Where we answer as the hub of the document: what 1C calls. Each call that must tell an id is a question: found or made at once, within the deadline. */

const posts = Object.values(callPaths).filter((path) => path !== callPaths.checkActive);

/** 32 MiB of handlers, and what stands around them. */
const bodyLimit = 32 * 1_048_576 + 65_536;
const withinMs = 20_000;

export const door: Door = {
  routes: [{ methods: ["GET"], path: callPaths.checkActive }, ...posts.map((path) => ({ methods: ["POST"], path }))],
  bodyLimit,
  // A secret only ever stands in the address, before the path.
  token: () => undefined,
  name: (request) => keyOf(request),
  secrets: (request) => passwordsIn(request),
  refuse,
};

export const names = ({ side, key }: OneC["settings"], workspace: number): readonly string[] =>
  side === "door" ? [String(workspace), ...(key ? [key] : [])] : [];

export function limits(request: InboundRequest, { settings }: OneC): readonly RateLimit[] {
  return settings.per_minute > 0 ? [{ name: "ip", key: request.ip, perMinute: settings.per_minute }] : [];
}

export function receiveCall(request: InboundRequest, connection: OneC): Received {
  if (connection.settings.side !== "door") throw new Intruder("not a door");
  const trust = trusted(request, connection);
  mustBeOwnKey(request, connection);
  if (request.path === callPaths.checkActive) {
    const read = readCheckActive(request.query);
    if ("problems" in read) throw new Malformed("key: обязательное поле не заполнено");
    return { page: done(true) };
  }
  const scene = { door: connection, isTrusted: trust };
  const work = workOf(request);
  return {
    withinMs,
    otherwise: later(),
    ...(request.path === callPaths.actualVersion && { unrecorded: true }),
    async answer(kit) {
      try {
        return await work({ ...scene, kit });
      } catch (error) {
        if (error instanceof NotApproved) return failed(403, error.message, "not_approved");
        if (error instanceof Refused) return failed(409, `CRM этого не приняла: ${error.message}`, "refused");
        if (error instanceof LoginNeeded) return later("CRM ждёт нового входа администратора. Повторите этот же вызов позже.");
        if (error instanceof Unavailable || error instanceof Conflict)
          return later("CRM сейчас не отвечает. Повторите этот же вызов: второй записи не появится.");
        throw error;
      }
    },
  };
}

type Work = (at: { readonly door: OneC; readonly isTrusted: boolean; readonly kit: Kit }) => Promise<Answer>;

/** What is wrong with the call itself is said before anything is done. */
function workOf(request: InboundRequest): Work {
  const { path } = request;
  const inBase =
    (
      call: { readonly value: { readonly id_base: string }; readonly warnings: readonly string[] },
      work: (scene: Scene) => Promise<Answer>,
    ): Work =>
    async (at) => {
      const scene = await mustBeBase(at, call.value.id_base);
      const answer = await work({ ...scene, warnings: call.warnings });
      return call.warnings.length === 0 ? answer : { ...answer, detail: [answer.detail, ...call.warnings].filter(Boolean).join("; ") };
    };
  if (path === callPaths.base) {
    const { value } = readCall(request, readBaseCall);
    return (at) => registerBase(at, value);
  }
  if (path === callPaths.event) {
    const call = readCall(request, readEventCall);
    mustNameSomebody(call.value);
    return inBase(call, (scene) => takeEvent(scene, call.value));
  }
  if (path === callPaths.contacts) {
    const call = readCall(request, readCounterpartyCall);
    return inBase(call, (scene) => keepCounterparty(scene, "contact", call.value));
  }
  if (path === callPaths.orders || (path === callPaths.companies && kindOfSharedCall(sentIn(request).json) === "order")) {
    const call = readCall(request, readOrderCall);
    return inBase(call, (scene) => keepOrder(scene, call.value));
  }
  if (path === callPaths.companies) {
    const call = readCall(request, readCounterpartyCall);
    if (kindOfSharedCall(sentIn(request).json) === "company")
      return inBase(call, (scene) => keepCounterparty(scene, "company", call.value));
    // Nothing in it says which: what this id was known under decides (A1).
    const order = readCall(request, readOrderCall);
    return inBase(call, async (scene) => {
      const { id_1c } = call.value;
      const isOrder = id_1c !== undefined && (await scene.kit.links.find("deal", id_1c)) !== undefined;
      return isOrder ? keepOrder(scene, order.value) : keepCounterparty(scene, "company", call.value);
    });
  }
  const declares = ([callPaths.contactFields, callPaths.companyFields, callPaths.orderFields] as readonly string[]).indexOf(path);
  if (declares >= 0) {
    const call = readCall(request, readFieldsCall);
    return inBase(call, (scene) => saveFields(scene, (["contact", "company", "deal"] as const)[declares] ?? "deal", call.value));
  }
  if (path === callPaths.setHandlers) {
    const call = readCall(request, readHandlersCall);
    return (at) => takeHandlers(at, call.value);
  }
  const call = readCall(request, readPlainCall);
  return inBase(call, (scene) => (path === callPaths.actualVersion ? actualVersion(scene, call.value) : actualHandlers(scene, call.value)));
}

/** Who came by the secret address, or with the hub's own login and password. Throws `Intruder` for whoever may not come at all. */
function trusted(request: InboundRequest, connection: OneC): boolean {
  const { settings, secrets } = connection;
  const basic = basicState(request, connection);
  if (basic === "wrong") throw new Intruder("wrong Basic");
  if (settings.allowed_ips.length > 0 && !settings.allowed_ips.includes(request.ip)) throw new Intruder(`${request.ip} is not allowed`);
  const isPrefixed = request.origin?.endsWith(`/in/${secrets.path_secret}`) === true;
  const needsBasic = settings.basic === "required" || request.path === callPaths.setHandlers;
  if (needsBasic && basic !== "right") throw new Intruder("Basic is needed");
  if (!isPrefixed && basic !== "right" && !settings.open) throw new Intruder("only by the secret address");
  return isPrefixed || basic === "right";
}

/** By the secret address, too, a call names the account that it means. */
function mustBeOwnKey(request: InboundRequest, { settings, workspace }: OneC): void {
  const key = keyOf(request);
  if (key !== undefined && !names(settings, workspace.id).includes(key))
    throw new Malformed(
      `key: у этого подключения другой номер, ${names(settings, workspace.id).join(" или ")}, а пришёл ${key.slice(0, 60)}`,
    );
}

function keyOf(request: InboundRequest): string | undefined {
  const { json } = request.path === callPaths.checkActive ? { json: request.query } : sentIn(request);
  const key = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)["key"] : undefined;
  return readId(key);
}

function passwordsIn(request: InboundRequest): string[] {
  if (request.path !== callPaths.base) return [];
  const { json } = sentIn(request);
  const password = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)["param2"] : undefined;
  const isGiven = (typeof password === "string" && password !== "") || typeof password === "number";
  return [...(isGiven ? [String(password)] : []), ...writtenPasswords(request)];
}
