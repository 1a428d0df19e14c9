import type { Directory, StopSignal } from "@svyazka/core";
import type { TableRow } from "../protocol.ts";
import { directoryOf } from "./clients.ts";
import { type Ground, wireId } from "./ground.ts";
import { asking } from "./port-errors.ts";

/** What is kept going for a base, by one process at a time: it knows the fields and the people of the CRM (1.5), and we know the version of its handlers (1.4). */

const roundMs = 600_000;

export async function keep(ground: Ground, signal: StopSignal): Promise<void> {
  while (!signal.aborted) {
    await asking(async () => {
      await askVersion(ground);
      await tellTable(ground, signal);
    });
    await pause(roundMs, signal);
  }
}

export async function askVersion({ kit, client }: Ground): Promise<string> {
  const version = await client().handlersVersion();
  await kit.store.put("installed", "version", { version, at: kit.now().toISOString() });
  return version;
}

/** Only rows that are new or say something else than before. */
async function tellTable(ground: Ground, signal: StopSignal): Promise<void> {
  const { kit, client } = ground;
  const told = { ...(await kit.store.get<Record<string, string>>("table", "told")) };
  for (const row of rowsOf(await directoryOf(ground))) {
    const name = `${row.entity_name} ${row.amo_id}`;
    if (told[name] === row.amo_name) continue;
    if (signal.aborted) return;
    await client().tellRow(row);
    told[name] = row.amo_name;
    await kit.store.put("table", "told", told);
  }
}

const rowsOf = ({ fields, users }: Directory): TableRow[] => [
  ...fields.contact.map(({ id, name }): TableRow => ({ amo_name: name, amo_id: wireId(id), entity_name: "Контакт" })),
  ...fields.company.map(({ id, name }): TableRow => ({ amo_name: name, amo_id: wireId(id), entity_name: "Компания" })),
  ...fields.deal.map(({ id, name }): TableRow => ({ amo_name: name, amo_id: wireId(id), entity_name: "Сделка" })),
  ...users
    .filter(({ active }) => active)
    .map(({ id, name }): TableRow => ({ amo_name: name, amo_id: wireId(id), entity_name: "Сотрудник" })),
];

const pause = (ms: number, signal: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
