import { type Connection, type ConnectionId, type Kit, type Store, Unavailable } from "@svyazka/core";
import { NotFound, ownCrm, type Sql } from "@svyazka/crm";
import { lendFiles } from "../files/lend.ts";
import type { Hub } from "../hub.ts";
import { spellingsOf } from "../net/redact.ts";
import { wayOut } from "../net/way-out.ts";
import { readDraft, vendorNamed } from "./manage.ts";
import { noMappings } from "./registry.ts";

export interface Trial {
  readonly vendor: string;
  /** The one that is being changed: what is not given is taken from there. */
  readonly connection?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly allow_private_addresses?: boolean;
}

const longestSeconds = 15;

/** Tries settings that are not saved: as they are understood, then at the other side. Throws `Invalid` for an unknown vendor only. */
export async function tryConnection(
  hub: Hub,
  sql: Sql,
  trial: Trial,
): Promise<{ ok: boolean; message: string; errors: Record<string, string[]> }> {
  const vendor = vendorNamed(hub, trial.vendor);
  const view = await hub.registry.view(sql.workspace);
  const known = trial.connection === undefined ? undefined : view.connections.get(trial.connection as ConnectionId);
  if (trial.connection !== undefined && known?.vendor !== vendor) throw new NotFound("connection", trial.connection);
  const { values, secrets, errors } = readDraft(vendor, trial.settings ?? {}, known?.connection ?? {});
  if (Object.keys(errors).length > 0) return { ok: false, message: "Some settings are not right", errors };
  const id = known?.row.id ?? (0 as ConnectionId);
  const connection: Connection = {
    id,
    name: known?.row.name ?? "",
    workspace: view.workspace,
    settings: values as Connection["settings"],
    secrets: secrets as Connection["secrets"],
    directory: view.directory,
    ...noMappings,
    ...(view.home !== undefined && { home: view.home }),
  };
  const allow_private_addresses = trial.allow_private_addresses ?? known?.row.allow_private_addresses ?? false;
  // The pace is kept in the database, for connections that are there.
  const { pace: _, ...unpaced } = vendor;
  const out = wayOut(hub.pool, { workspace: sql.workspace, id, allow_private_addresses }, unpaced, spellingsOf(Object.values(secrets)));
  const kit: Kit = {
    ...known?.kit,
    ...out,
    ...trialKit(hub, sql),
    telephonyOf: known?.kit.telephonyOf ?? (async () => undefined),
    crm: known?.kit.crm ?? (async () => undefined),
    ownCrm: async (user) => ownCrm(sql, { home: view.workspace, connection: id, user }),
  };
  try {
    await within(async () => vendor.connect?.(connection, kit).check());
    return { ok: true, message: "OK", errors: {} };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), errors: {} };
  }
}

/** Nothing that is tried is kept, told or let in. */
const trialKit = (
  hub: Hub,
  sql: Sql,
): Omit<Kit, "fetch" | "now" | "openSocket" | "pause" | "source" | "telephonyOf" | "crm" | "ownCrm"> => ({
  isTrial: true,
  publicUrl: hub.publicUrl,
  store: forgetfulStore(),
  book: { save: async () => {}, remove: async () => {}, get: async () => undefined, find: async () => [], touch: async () => {} },
  exclusively: (_names, work) => work(),
  resume: async () => {},
  files: lendFiles({ pool: hub.pool, directory: hub.config.FILES_DIR }, hub.keys, sql.workspace, hub.publicUrl),
  recordingUrl: ({ url }) => url,
  record: async () => {},
  isHeard: async () => false,
  route: async () => ({}),
  openDoor: async () => {},
  closeDoor: async () => {},
  signIn: async () => undefined,
  callDesk: async () => undefined,
  links: { find: async () => undefined, of: async () => [], save: async () => {}, remove: async () => {} },
  crms: { find: async () => undefined, add: async () => undefined, bind: async () => {} },
  siblings: {
    ...{
      list: async () => [],
      add: async () => 0 as ConnectionId,
      change: async () => {},
      disable: async () => {},
      remove: async () => {},
    },
    exclusively: (_names, work) => work(),
    kitOf: async () => undefined,
  },
});

function forgetfulStore(): Store {
  const kept = new Map<string, string>();
  return {
    async get(kind, id) {
      const text = kept.get(`${kind} ${id}`);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async put(kind, id, value) {
      kept.set(`${kind} ${id}`, JSON.stringify(value));
    },
    async remove(kind, id) {
      kept.delete(`${kind} ${id}`);
    },
    async take(kind, id) {
      const text = kept.get(`${kind} ${id}`);
      kept.delete(`${kind} ${id}`);
      return text === undefined ? undefined : JSON.parse(text);
    },
    list: async () => [],
  };
}

async function within(work: () => Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable(`The other side has not answered for ${longestSeconds} s`)), longestSeconds * 1000);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
