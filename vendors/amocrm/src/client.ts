import type { Send, Sleep } from "@svyazka/wire";
import { accountOf, eventsOf, lossReasonsOf, pipelinesOf, rolesOf, sourcesOf, usersOf, webhooksOf } from "./client/account.ts";
import type { AmoError } from "./client/errors.ts";
import { originOf } from "./client/hosts.ts";
import { type Limiter, paceOf } from "./client/limiter.ts";
import { catalogsOf, customersOf, talksOf } from "./client/lists.ts";
import { oldOf } from "./client/old.ts";
import { companiesOf, contactsOf, type Ground, leadsOf } from "./client/records.ts";
import { sessionOf, type TokenStore } from "./client/tokens.ts";
import { type AmoRequest, actingHeader, type Transport, transportOf } from "./client/transport.ts";
import { callsOf, tasksOf, unsortedOf } from "./client/work.ts";
import type { Credentials } from "./protocol.ts";

export { type Answer, type OutgoingRequest, overFetch, type Send, type Sleep } from "@svyazka/wire";
export * from "./client/account.ts";
export type { Outcome } from "./client/batches.ts";
export * from "./client/chats.ts";
export * from "./client/collections.ts";
export * from "./client/drafts.ts";
export * from "./client/errors.ts";
export * from "./client/fields.ts";
export * from "./client/filters.ts";
export * from "./client/hosts.ts";
export * from "./client/limiter.ts";
export * from "./client/lists.ts";
export * from "./client/login.ts";
export { type Listing, type ListQuery, listed, type Page } from "./client/pages.ts";
export * from "./client/records.ts";
export * from "./client/token-files.ts";
export * from "./client/tokens.ts";
export type { AmoRequest, Transport } from "./client/transport.ts";
export * from "./client/work.ts";

export interface AmoOptions {
  /** `sub.amocrm.ru`, or with its scheme: each account has its own. */
  readonly domain: string;
  /** Of the integration; a long-lived token needs none. */
  readonly credentials?: Credentials;
  readonly tokens: TokenStore;
  /** `overFetch(fetch)`, or your own way out. */
  readonly send: Send;
  /** 7 requests per second unless told, in this process: see `Limiter` for several. */
  readonly limiter?: Limiter;
  /** Waits so long for an answer: 30 unless told. */
  readonly timeoutSeconds?: number;
  /** How long it waits at most to send again what was answered 429; 0 throws `AmoRateLimited` at once. A minute unless told. */
  readonly patienceSeconds?: number;
  /** Told when the tokens could not be renewed in time, and still work for a while. */
  readonly warn?: (error: AmoError) => void;
  /** Milliseconds; for tests that wait for no clock. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

/**
 * One account of amoCRM, for one integration. Make one per account and keep it: it remembers tokens, the pace and bans.
 *
 * Every member throws an `AmoError` of the class that says what is to be done; nothing that amoCRM answers makes it throw anything else. Shapes are amoCRM's own, `_links` aside.
 */
export function makeAmo(options: AmoOptions) {
  const { now, sleep, send, timeoutSeconds, patienceSeconds } = options;
  const clock = { ...(now && { now }), ...(sleep && { sleep }) };
  const session = sessionOf({ ...options, origin: originOf(options.domain) });
  const limiter = options.limiter ?? paceOf(clock);
  const transportWith = (headers: Readonly<Record<string, string>>): Transport =>
    transportOf({
      session,
      send,
      limiter,
      ...clock,
      headers,
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(patienceSeconds !== undefined && { patienceSeconds }),
    });
  return {
    ...clientOver(transportWith({})),
    /** A code from a person's consent, of the last 20 minutes, becomes tokens in the store. */
    begin: (code: string): Promise<void> => session.begin(code),
    /** The same account as another user sees it. An administrator's token, with that right granted; a user who is unknown or free is `AmoUnauthorized`. Source: oauth/scopes */
    actingAs: (user: number): AmoClient => clientOver(transportWith({ [actingHeader]: String(user) })),
  };
}

export type Amo = ReturnType<typeof makeAmo>;
export type AmoClient = ReturnType<typeof clientOver>;

function clientOver(transport: Transport) {
  const account = accountOf(transport);
  let filtering: Promise<boolean> | undefined;
  const ground: Ground = {
    transport,
    isFiltering() {
      filtering ??= account.get(["is_api_filter_enabled"]).then(
        ({ is_api_filter_enabled }) => is_api_filter_enabled === true,
        (error: unknown) => {
          filtering = undefined;
          throw error;
        },
      );
      return filtering;
    },
  };
  return {
    account,
    leads: leadsOf(ground),
    contacts: contactsOf(ground),
    companies: companiesOf(ground),
    customers: customersOf(transport),
    tasks: tasksOf(transport),
    calls: callsOf(transport),
    unsorted: unsortedOf(transport),
    pipelines: pipelinesOf(transport),
    lossReasons: lossReasonsOf(transport),
    users: usersOf(transport),
    roles: rolesOf(transport),
    events: eventsOf(transport),
    sources: sourcesOf(transport),
    webhooks: webhooksOf(transport),
    catalogs: catalogsOf(transport),
    talks: talksOf(transport),
    /** API v2, for reading. */
    old: oldOf(transport),
    /** Anything else of the API, with the token, the pace and the errors of the rest. Undefined is 204. */
    ask: (request: AmoRequest): Promise<unknown> => transport.ask(request),
  };
}
