import { type ConnectionId, type Fetch, type Kit, readSettings, Unavailable, type Workspace, type WorkspaceId } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { type BotConnection, settings } from "../src/settings.ts";
import { localSend } from "./way-out.ts";

const workspace: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "example", name: "ООО Пример", country: "RU", timeZone: "Europe/Moscow" },
  ...{ language: "ru", currency: "RUB" },
};

/** A connection to this bot. */
export function connectionTo(token: string, given: Readonly<Record<string, unknown>> = {}): BotConnection {
  const { values, errors } = readSettings(settings, given);
  if (Object.keys(errors).length > 0) throw new Error(JSON.stringify(errors));
  return {
    ...{ id: 5 as ConnectionId, name: "Магазин", workspace, settings: values as BotConnection["settings"] },
    secrets: { token, hook_secret: "hook-secret-of-the-address", secret_token: "secret_token-of-the-hook" },
    ...{ directory: { users: [], pipelines: [], fields: { contact: [], company: [], deal: [] }, taskTypes: [], sources: [] } },
    ...{ fieldMapping: {}, userMapping: {}, stageMapping: {} },
  };
}

/** The network of this machine, in the words of the hub's own way out. */
export const localFetch: Fetch = async (request) => {
  try {
    return await localSend(request);
  } catch (error) {
    throw new Unavailable(`${new URL(request.url).host} did not answer`, { cause: error });
  }
};

export const localKit = (rest: Partial<Kit> = {}): MemoryKit => memoryKit({ fetch: localFetch, ...rest });
