import { setTimeout as sleep } from "node:timers/promises";
import * as contract from "@svyazka/contract";
import type { AccountingDocuments, Language } from "@svyazka/core";
import { getDeal, type Sql } from "@svyazka/crm";
import type { LiveConnection } from "../connections/registry.ts";
import type { ConnectionRow } from "../connections/row.ts";
import type { Hub } from "../hub.ts";
import { reader } from "./crm/requests.ts";
import { type Implementation, implement } from "./implement.ts";

/** A person waits before a card. */
const patienceMs = 8_000;

type Documents = contract.AnswerOf<typeof contract.dealDocuments>["items"][number];

/** What accounting programs say of our deals. */
export const accountingRoutes = (hub: Hub): readonly Implementation[] => [
  implement(contract.dealDocuments, async ({ params, caller, sql }) => {
    const deal = await getDeal(sql, params.id, reader(caller));
    const { connections } = await hub.registry.view(sql.workspace);
    // One that is switched off, or that nobody has let in yet, is told nothing: neither the deal nor the password.
    const asked = [...connections.values()].filter((live) => live.row.state === "active" && live.connected().accounting);
    const items = await Promise.all(asked.map((live) => ask(live, String(deal.id), caller.workspace.language)));
    const silent = items.filter(({ at, why }) => at === null && why === null).map(({ connection }) => connection);
    const troubles = silent.length === 0 ? new Map<number, string | null>() : await troublesOf(sql, silent);
    return { items: items.map((item) => ({ ...item, why: item.why ?? troubles.get(item.connection) ?? null })), next_cursor: null };
  }),
];

async function ask(live: LiveConnection, deal: string, language: Language): Promise<Documents> {
  const { id: connection, name } = live.row;
  const nothing = { connection, name, at: null, is_live: false, documents: [] };
  const patience = new AbortController();
  try {
    const answer = live.connected().accounting?.documents(deal, { isLeftAlone: live.row.parked_because !== null });
    const found = await Promise.race([answer, sleep(patienceMs, "late" as const, { signal: patience.signal })]);
    if (found === "late") return { ...nothing, why: late[language] };
    return found ? { connection, name, ...write(found) } : { ...nothing, why: null };
  } catch (error) {
    return { ...nothing, why: error instanceof Error ? error.message : String(error) };
  } finally {
    patience.abort();
  }
}

/** What these were last known to suffer from: somebody who has never answered does not say why. */
async function troublesOf(sql: Sql, connections: readonly number[]): Promise<ReadonlyMap<number, string | null>> {
  const rows = await sql.query<Pick<ConnectionRow, "id" | "parked_because" | "health">>({
    text: "select id, parked_because, health from hub.connection where workspace = $1 and id = any($2::bigint[])",
    values: [sql.workspace, connections],
  });
  return new Map(rows.map(({ id, parked_because, health }) => [id, parked_because ?? (health && !health.ok ? health.message : null)]));
}

const write = ({ at, why, items }: AccountingDocuments) => ({
  ...{ at, is_live: why === undefined, why: why ?? null },
  documents: items.map(({ title, link }) => ({ title, link, opens: isForBrowsers(link) })),
});

/** Never `javascript:` and its kin, whatever the other side has sent. */
const isForBrowsers = (link: string): boolean => /^https?:$/.test(URL.parse(link)?.protocol ?? "");

const late: Readonly<Record<Language, string>> = {
  ru: `нет ответа дольше ${patienceMs / 1000} с`,
  en: `no answer within ${patienceMs / 1000} s`,
};
