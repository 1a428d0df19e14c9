import { type ConnectionId, type Fetch, type Kit, readSettings, Unavailable, type Workspace, type WorkspaceId } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { type NumberConnection, settings } from "../src/settings.ts";
import { localSend } from "./way-out.ts";

const workspace: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "example", name: "ООО Пример", country: "RU", timeZone: "Europe/Moscow" },
  ...{ language: "ru", currency: "RUB" },
};

export interface NumberSecrets {
  readonly token: string;
  readonly appSecret: string;
}

/** A connection to this number. */
export function connectionTo(given: Readonly<Record<string, unknown>>, { token, appSecret }: NumberSecrets): NumberConnection {
  const { values, errors } = readSettings(settings, given);
  if (Object.keys(errors).length > 0) throw new Error(JSON.stringify(errors));
  return {
    ...{ id: 5 as ConnectionId, name: "Магазин", workspace, settings: values as NumberConnection["settings"] },
    secrets: { access_token: token, app_secret: appSecret, verify_token: "verify-token", hook_secret: "hook-secret-of-the-address" },
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
