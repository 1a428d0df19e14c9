import type { ConnectionId, Kit, OutgoingReply, OutgoingRequest, Workspace, WorkspaceId } from "@svyazka/core";
import { Unavailable } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { bookOf } from "../src/connections/address-book.ts";
import { aloneIn } from "../src/connections/alone.ts";
import { KeyRing } from "../src/connections/secrets.ts";
import { storeOf } from "../src/connections/store.ts";
import type { TestDatabase } from "./database.ts";

/** The first workspace of a test database. */
export const romashka: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "romashka", name: "Ромашка", country: "RU" },
  ...{ timeZone: "Europe/Moscow", language: "ru", currency: "RUB" },
};

/** What the hub lends a vendor, over its own database and the network of this machine. */
export function databaseKit({ database }: Pick<TestDatabase, "database">, rest: Partial<Kit> = {}, connection = 1): MemoryKit {
  const sql = database.in(romashka.id);
  const id = connection as ConnectionId;
  return memoryKit({
    fetch: localFetch,
    now: () => new Date(),
    publicUrl: () => "https://hub.example",
    store: storeOf(database, new KeyRing(Buffer.alloc(32)), romashka.id, id),
    book: bookOf(sql, id),
    exclusively: aloneIn(sql, id),
    resume: async () => {},
    ...rest,
  });
}

/** The hub's `fetch` without its guard: what a test asks stands on this machine. */
export async function localFetch({ method, url, headers = {}, body }: OutgoingRequest): Promise<OutgoingReply> {
  try {
    const answer = await fetch(url, { method, headers: { ...headers }, redirect: "manual", ...(body !== undefined && { body }) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } catch (error) {
    throw new Unavailable(`no answer: ${String(error)}`, { cause: error });
  }
}
