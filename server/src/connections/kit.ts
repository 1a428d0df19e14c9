import { type AnyFlow, type ConnectionId, type EventDraft, type Origin, Unavailable, type WorkspaceId } from "@svyazka/core";
import { ownCrm } from "@svyazka/crm";
import { tell } from "../db/bus.ts";
import type { Pool } from "../db/pool.ts";
import type { Ledger } from "../delivery/ledger.ts";
import { isHeard, nobodyListens, plan } from "../delivery/plan.ts";
import type { Files } from "../files/keep.ts";
import { lendFiles } from "../files/lend.ts";
import { fileLink, lastingFileLink } from "../files/link.ts";
import type { Hub } from "../hub.ts";
import { redact } from "../net/redact.ts";
import { wayOut } from "../net/way-out.ts";
import { TooManyTries } from "../people/sign-in.ts";
import { bookOf } from "./address-book.ts";
import { aloneIn } from "./alone.ts";
import { crmsOf } from "./crms.ts";
import { linksOf } from "./links.ts";
import { changeConnection } from "./manage.ts";
import type { MakeKit, Registry } from "./registry.ts";
import { routeCall } from "./route-call.ts";
import { type ConnectionRow, isNamed } from "./row.ts";
import { hashToken, type KeyRing } from "./secrets.ts";
import { siblingsOf } from "./siblings.ts";
import { storeOf } from "./store.ts";

/** What a kit is made of. The parts that need each other are asked for when they are used. */
export interface Lender {
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly files: Files;
  readonly flows: readonly AnyFlow[];
  registry(): Registry;
  ledger(): Ledger;
  publicUrl(): string;
  hub(): Hub;
}

/** What the hub lends to one connection. */
export const kitMaker =
  (lender: Lender): MakeKit =>
  (row, vendor, secrets) => {
    const { pool, keys } = lender;
    const { workspace, id } = row;
    return {
      ...wayOut(pool, row, vendor, secrets),
      publicUrl: lender.publicUrl,
      store: storeOf(pool, keys, workspace, id),
      book: bookOf(pool.in(workspace), id),
      links: linksOf(pool.in(workspace), id),
      exclusively: aloneIn(pool.in(workspace), id),
      async resume() {
        const sql = pool.in(workspace);
        const [parked] = await sql.query({
          text: "select from hub.connection where workspace = $1 and id = $2 and state = 'active' and parked_because is not null",
          values: [workspace, id],
        });
        if (parked) await changeConnection(lender.hub(), sql, id, { state: "active" });
      },
      files: lendFiles(lender.files, keys, workspace, lender.publicUrl),
      recordingUrl: ({ url, file }) => (file === undefined ? url : lender.publicUrl() + lastingFileLink(keys, workspace, file)),
      async record(facts, from) {
        if (facts.length > 0)
          await recordFacts(lender, row, facts, { ...from, ...(from.raw !== undefined && { raw: redact(from.raw, secrets) }) });
      },
      isHeard: async (type) => isHeard(await lender.registry().view(workspace), lender.flows, id)(type),
      route: async (call) => routeCall(await lender.registry().view(workspace), id, call),
      telephonyOf: async (other) => {
        const { connections } = await lender.registry().view(workspace);
        const named = [...connections.values()].filter(
          (live) => live.row.id !== id && live.row.state === "active" && isNamed(live.row, other),
        );
        return named.map((live) => live.connected().telephony).find((telephony) => telephony !== undefined);
      },
      async crm() {
        const { home, connections } = await lender.registry().view(workspace);
        return home === undefined ? undefined : connections.get(home)?.connected().crm;
      },
      ownCrm: async (user, { lasting = false } = {}) =>
        ownCrm(pool.in(workspace), {
          home: (await lender.registry().view(workspace)).workspace,
          connection: id,
          user,
          recordingUrl: ({ url, file }) =>
            file === undefined
              ? url
              : lender.publicUrl() + (lasting ? lastingFileLink(keys, workspace, file) : fileLink(keys, workspace, file, new Date())),
        }),
      async openDoor(secret, seconds) {
        await pool.in(workspace).query({
          text: `insert into hub.door (key, workspace, connection, expires_at) values ($1, $2, $3, now() + $4 * interval '1 second')
                 on conflict (key) do update set expires_at = excluded.expires_at where door.workspace = $2 and door.connection = $3`,
          values: [hashToken(secret), workspace, id, seconds ?? null],
        });
        lender.registry().forget(workspace);
      },
      async closeDoor(secret) {
        const sql = pool.in(workspace);
        await sql.query({
          text: "delete from hub.door where key = $1 and workspace = $2 and connection = $3",
          values: [hashToken(secret), workspace, id],
        });
        lender.registry().forget(workspace);
        await tell(sql, { kind: "connections", workspace });
      },
      async signIn({ email, password, ip }) {
        const { workspace: home } = await lender.registry().view(workspace);
        try {
          const found = await lender.hub().signIn.find(email, password, ip, home.subdomain);
          return found && { id: String(found.user.id), isAdmin: found.user.role === "administrator" };
        } catch (error) {
          if (error instanceof TooManyTries) throw new Unavailable(error.message, { retryAfterSeconds: error.retryAfterSeconds });
          throw error;
        }
      },
      async callDesk() {
        const view = await lender.registry().view(workspace);
        return view.targets("callDesk", id)[0]?.connected().callDesk;
      },
      crms: crmsOf(lender.hub, row),
      siblings: siblingsOf(lender.hub, row),
    };
  };

/** What follows from an event, as facts of this connection; what nobody would be told of is left out. */
export async function recordFollowing(
  lender: Lender,
  workspace: WorkspaceId,
  facts: readonly EventDraft[],
  of: ConnectionId,
): Promise<void> {
  const heard = isHeard(await lender.registry().view(workspace), lender.flows, of);
  const told = facts.filter(({ type }) => heard(type));
  if (told.length > 0) await recordFacts(lender, { workspace, id: of }, told, { what: "followed" });
}

/** How many facts share one line of the journal. */
const factsAtOnce = 100;

/** Facts that came by no request, with a line of the journal that shows where from. */
export async function recordFacts(
  { ledger, registry, flows }: Pick<Lender, "ledger" | "registry" | "flows">,
  { workspace, id }: { readonly workspace: ConnectionRow["workspace"]; readonly id: ConnectionId },
  facts: readonly EventDraft[],
  { what, raw = "" }: Origin,
): Promise<void> {
  const view = await registry().view(workspace);
  const [method = "", ...rest] = what.split(" ");
  for (let at = 0; at < facts.length; at += factsAtOnce) {
    const events = plan(facts.slice(at, at + factsAtOnce), view, flows, id);
    const line = {
      connection: id,
      receivedAt: new Date(),
      method,
      path: rest.join(" "),
      prefix: "",
      query: "",
      headers: {},
      body: Buffer.from(at === 0 ? raw : ""),
      ip: "",
      outcome: "accepted" as const,
      status: 200,
      ...nobodyListens(events, view),
    };
    await ledger().record(workspace, { line, events });
  }
}
