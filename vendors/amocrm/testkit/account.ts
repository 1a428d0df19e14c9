import type { Connection, ConnectionId, Kit, OutgoingReply, OutgoingRequest, Workspace, WorkspaceId } from "@svyazka/core";
import { emptyDirectory, Unavailable } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { bookOf } from "../../../server/src/connections/address-book.ts";
import { aloneIn } from "../../../server/src/connections/alone.ts";
import { KeyRing } from "../../../server/src/connections/secrets.ts";
import { storeOf } from "../../../server/src/connections/store.ts";
import type { TestDatabase } from "../../../server/testkit/database.ts";
import type { settings } from "../src/settings.ts";

export const romashka: Workspace = {
  ...{
    id: 1 as WorkspaceId,
    subdomain: "romashka",
    name: "Ромашка",
    country: "RU",
    timeZone: "Europe/Moscow",
    language: "ru",
    currency: "RUB",
  },
};

/** A connection to an account at this address, with a long-lived token. */
export function accountAt(
  domain: string,
  token: string,
  rest: Partial<Connection<typeof settings>["settings"]> = {},
): Connection<typeof settings> {
  return {
    ...{ id: 1 as ConnectionId, name: "amoCRM", workspace: romashka, directory: emptyDirectory },
    ...{ fieldMapping: {}, userMapping: {}, stageMapping: {} },
    settings: {
      side: "account",
      domain,
      sign_in: "token",
      leads_as: "deals",
      requests_per_second: 0,
      events: [],
      sort: 0,
      created_by: 0,
      ...rest,
    } as never,
    secrets: { long_lived_token: token, hook_secret: "hooksecret" } as never,
  };
}

/** What the hub lends, over its own database and the network of this machine. */
export function databaseKit({ database }: TestDatabase, rest: Partial<Kit> = {}, connection = 1): ReturnType<typeof memoryKit> {
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

async function localFetch({ method, url, headers = {}, body }: OutgoingRequest): Promise<OutgoingReply> {
  try {
    const answer = await fetch(url, { method, headers: { ...headers }, redirect: "manual", ...(body !== undefined && { body }) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } catch (error) {
    throw new Unavailable(`no answer: ${String(error)}`, { cause: error });
  }
}
