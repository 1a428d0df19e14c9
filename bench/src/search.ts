import type pg from "pg";
import { get, load } from "./load.ts";
import { fillPeople } from "./people.ts";
import { addSite, type Server } from "./processes.ts";
import type { Figure } from "./table.ts";

/** What people type, by kind: none of it is asked twice in the same words more often than chance has it. */
const kinds: readonly (readonly [kind: string, ...typed: string[]])[] = [
  ["a surname", "Иванов", "Смирнова", "Кузнецов", "Чеботарёв", "Золотов", "Третьякова"],
  ["name and surname", "Анна Петрова", "соколов дмитрий", "Мария Лебедева", "зинаида панина"],
  ["the beginning of a word", "ива", "кузн", "алекс", "мар"],
  ["the middle of a word", "овский", "ладими", "натол"],
  ["a surname with a typo", "Ивнов", "Смернов", "Кузнитсов", "Лебидева"],
  ["in the wrong keyboard layout", "bdfyjd", "cvbhyjdf", "repytwjd"],
  ["a whole phone", "8 (916) 123-45-67", "+79031112233", "9265554433"],
  ["the end of a phone", "4567", "12-34", "9081"],
  ["nobody", "Щрюгнатьев", "zzzqqq"],
];

/** The search of a workspace of so many people through the HTTP API, by eight at once. */
export async function measureSearch(hub: Server, client: pg.Client, contacts: number, seconds: number): Promise<Figure[]> {
  const { workspace } = addSite(hub, "search");
  await fillPeople(client, workspace.id, contacts);
  for (const table of ["contact", "channel", "word"]) await client.query(`vacuum analyze crm.${table}`);
  const figures: Figure[] = [];
  for (const [kind, ...typed] of kinds) {
    const ask = (time: number) =>
      load({
        url: hub.url,
        connections: 8,
        seconds: time,
        request: (index) => get(`/hub/v1/search?q=${encodeURIComponent(typed[index % typed.length] ?? "")}`, workspace.api_token),
      });
    await ask(0.5);
    const measured = await ask(seconds);
    if (measured.statuses.size !== 1 || !measured.statuses.has(200))
      throw new Error(`Not every question was answered: ${JSON.stringify([...measured.statuses])}`);
    figures.push({
      what: `Search by ${kind}, ${contacts.toLocaleString("en")} contacts, 8 connections`,
      value: `p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${measured.perSecond.toFixed(0)}/s`,
      limit: "—",
      ratio: "—",
      goal: "p99 at most 100 ms",
    });
  }
  return figures;
}
