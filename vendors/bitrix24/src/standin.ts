import { randomBytes } from "node:crypto";
import { type Door, type SeenRequest, send, serve } from "./standin/door/door.ts";
import { type Faults, faultBox } from "./standin/door/faults.ts";
import { install, openFrame } from "./standin/door/frames.ts";
import { openGate } from "./standin/door/gate.ts";
import { leakyBucket, operatingTimes } from "./standin/door/limits.ts";
import { problem } from "./standin/door/reply.ts";
import { startSignIn, type Tokens } from "./standin/door/sign-in.ts";
import { type SentEvent, startTeller } from "./standin/door/told.ts";
import { type People, peopleOf } from "./standin/people.ts";
import type { Portal, State } from "./standin/portal.ts";
import { firstDay } from "./standin/seed.ts";
import { type Staff, staffOf } from "./standin/staff.ts";
import { takeUpload } from "./standin/telephony/call-records.ts";

export type { SeenRequest } from "./standin/door/door.ts";
export type { Fault } from "./standin/door/faults.ts";
export type { Tokens } from "./standin/door/sign-in.ts";
export type { SentEvent } from "./standin/door/told.ts";
export type { UserFieldDraft } from "./standin/people.ts";
export type { Chat, Item, State, User } from "./standin/portal.ts";
export type { OperatorWords } from "./standin/staff.ts";

export interface StandinOptions {
  readonly port?: number;
  /** `crm.settings.mode.get`: 1 with leads, 2 without them, which is the default. */
  readonly mode?: 1 | 2;
  /** On the owner's own server: no limits of intensity. */
  readonly isBox?: boolean;
  /** `crm.item.*` is there; an old box has it not: 404. */
  readonly hasItems?: boolean;
  /**
   * `fm` of `crm.item.update` passes ids over, and only ever adds: as api-reference/crm/universal/object-fields says, against crm-item-update,
   * by which an id changes its row. False unless said.
   */
  readonly fmOnlyAdds?: boolean;
  /** Of intensity: none unless said; `{}` is the cloud's 50 at 2 a second. */
  readonly limits?: false | { readonly capacity?: number; readonly perSecond?: number };
  readonly memberId?: string;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface Bitrix24Standin extends People, Staff {
  /** Also the authorisation server: `/oauth/token/` and `/oauth/authorize/`. */
  readonly url: string;
  readonly host: string;
  readonly memberId: string;
  /** An incoming webhook of the administrator: the address to put a method behind. */
  readonly webhook: string;
  readonly app: { readonly clientId: string; readonly clientSecret: string; readonly applicationToken: string };
  /** A code such as a person's consent gives: good for 30 seconds, once. */
  authorize(userId?: number): string;
  /** Sets the application's return address, to which `/oauth/authorize/` sends the browser with a code. */
  returnTo(url: string): void;
  /** The application's, as after it was installed. */
  tokens(userId?: number): Tokens;
  /** How often tokens were given for a code or a refresh token. */
  tokensGiven(): number;
  expireTokens(): void;
  /** The application was removed: its calls are answered 401, its refresh `invalid_grant`. */
  revokeApp(): void;
  revokeWebhook(): void;
  /** Of the application and of the webhook; undefined is all. */
  setScopes(scopes: readonly string[] | undefined): void;
  readonly faults: Faults;
  /** The portal has moved: its old address answers 302. */
  rename(): Promise<{ readonly url: string; readonly host: string }>;
  down(): Promise<void>;
  up(): Promise<void>;
  readonly requests: readonly SeenRequest[];
  /** How often a method was called, inside batches too. */
  count(method: string): number;
  readonly state: State;
  readonly events: {
    readonly sent: readonly SentEvent[];
    /** So many from now on are lost, and never come again. */
    dropNext(count: number): void;
    settled(): Promise<void>;
  };
  openFrame(handlerUrl: string, options?: { readonly userId?: number }): Promise<Response>;
  install(handlerUrl: string): Promise<Response>;
  stop(): Promise<void>;
}

/** Bitrix24 in memory, over real HTTP on 127.0.0.1. */
export async function startBitrix24(options: StandinOptions = {}): Promise<Bitrix24Standin> {
  const { port = 0, mode = 2, isBox = false, hasItems = true, fmOnlyAdds = false, limits = false, now = Date.now } = options;
  const memberId = options.memberId ?? randomBytes(16).toString("hex");
  const app = {
    clientId: `local.${randomBytes(7).toString("hex")}.${randomBytes(4).toString("hex")}`,
    clientSecret: randomBytes(25).toString("hex"),
    applicationToken: randomBytes(16).toString("hex"),
  };
  const requests: SeenRequest[] = [];
  const counts = new Map<string, number>();
  let scopes: readonly string[] | undefined;
  let secret: string | undefined = randomBytes(8).toString("hex");
  const webhookSecret = secret;
  let returnAddress: string | undefined;
  let lastId = 100;

  const portal: Portal = {
    ...{ state: firstDay(mode), isBox, hasItems, fmOnlyAdds, memberId, app, now, web: fetch, uploads: new Map() },
    nextId: () => ++lastId,
    url: () => gate.url(),
    scopes: () => scopes,
    tell: (event, data, by) => teller.tell(event, data, by),
  };
  const signIn = startSignIn(portal);
  const teller = startTeller(portal, () => signIn);
  const door: Door = {
    ...{ portal, signIn, faults: faultBox(), operating: operatingTimes(now), bucket: leakyBucket(isBox ? false : limits, now) },
    count: (method) => void counts.set(method, (counts.get(method) ?? 0) + 1),
    webhookSecret: () => secret,
    returnAddress: () => returnAddress,
    note: (request) => void requests.push(request),
    takeUpload: (token, params) => takeUpload(portal, token, params),
  };
  const gate = await openGate(port, (request, response) => {
    serve(door, request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, problem(500, "INTERNAL_SERVER_ERROR", String(error)));
    });
  });

  return {
    get url() {
      return gate.url();
    },
    get host() {
      return new URL(gate.url()).host;
    },
    get webhook() {
      return `${gate.url()}/rest/1/${webhookSecret}/`;
    },
    ...{ memberId, app, requests, state: portal.state, faults: door.faults, down: gate.down, up: gate.up, stop: gate.stop },
    authorize: (userId = 1) => signIn.code(userId),
    returnTo(url) {
      returnAddress = url;
    },
    tokens: (userId = 1) => signIn.issue(userId),
    tokensGiven: signIn.given,
    expireTokens: signIn.expire,
    revokeApp: signIn.revoke,
    revokeWebhook() {
      secret = undefined;
    },
    setScopes(given) {
      scopes = given;
    },
    async rename() {
      await gate.move();
      return { url: gate.url(), host: new URL(gate.url()).host };
    },
    count: (method) => counts.get(method.toLowerCase()) ?? 0,
    ...peopleOf(portal),
    ...staffOf(portal),
    events: { sent: teller.sent, dropNext: teller.dropNext, settled: teller.settled },
    openFrame: (handlerUrl, { userId = 1 } = {}) => openFrame(portal, signIn, handlerUrl, userId),
    install: (handlerUrl) => install(portal, signIn, handlerUrl),
  };
}
