import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnyVendor,
  type Connected,
  type Connection,
  type ConnectionId,
  type Directory,
  emptyDirectory,
  type Kit,
  type PortName,
  Refused,
  type Workspace,
  type WorkspaceId,
} from "@svyazka/core";
import { tell } from "../db/bus.ts";
import type { Pool } from "../db/pool.ts";
import { spellingsOf } from "../net/redact.ts";
import { type ConnectionRow, isNamed, placeOf } from "./row.ts";
import { hashToken, type KeyRing, readOverlaps } from "./secrets.ts";

/** One connection as this process works with it. */
export interface LiveConnection {
  readonly row: ConnectionRow;
  readonly vendor: AnyVendor;
  /** As its vendor sees it. */
  readonly connection: Connection;
  /** What must not reach the journal or a log. */
  readonly secretSpellings: readonly string[];
  /** What the hub lends it. */
  readonly kit: Kit;
  /** Made on first use. */
  connected(): Connected;
}

/** Everything of one workspace that is needed to answer and to deliver, kept in memory until told that it changed. */
export interface WorkspaceView {
  readonly workspace: Workspace;
  readonly connections: ReadonlyMap<ConnectionId, LiveConnection>;
  /** What our CRM is made of, as last seen. */
  readonly directory: Directory;
  /** The connection that is this CRM: the oldest active one that can be. */
  readonly home?: ConnectionId;
  /**
   * The connections that can be targets of a flow that needs this port, about a fact of `source`: oldest first. A disabled one too: its
   * deliveries wait for it. A port may be for the facts of one connection only.
   */
  targets(port: PortName, source: ConnectionId): readonly LiveConnection[];
  /** Whether a person lets this flow take facts of `source` to `target`. */
  isRouteOn(route: { readonly source: ConnectionId; readonly flow: string; readonly target: ConnectionId }): boolean;
}

/** Gives a connection what the hub lends it. */
export type MakeKit = (row: ConnectionRow, vendor: AnyVendor, secrets: readonly string[]) => Kit;

type Mappings = Pick<Connection, "fieldMapping" | "userMapping" | "stageMapping">;
export const noMappings: Mappings = { fieldMapping: {}, userMapping: {}, stageMapping: {} };

interface DoorHit {
  readonly workspace: WorkspaceId;
  readonly connection: ConnectionId;
  readonly expiresAt: number;
}

const doorTtlMs = 30_000;
const missTtlMs = 3_000;
/** So long a CRM is waited for before its last words are taken, and before those of one that has never said any. */
const soonMs = 1_000;
const firstMs = 10_000;
const maxDoors = 20_000;

/** The copy in memory of workspaces, connections and doors. The database is the truth; `forget` follows its notifications. */
export class Registry {
  readonly #pool: Pool;
  readonly #keys: KeyRing;
  readonly #vendors: ReadonlyMap<string, AnyVendor>;
  readonly #makeKit: MakeKit;
  readonly #views = new Map<WorkspaceId, Promise<WorkspaceView>>();
  readonly #doors = new Map<string, { hit: DoorHit | undefined; until: number }>();

  constructor(pool: Pool, keys: KeyRing, vendors: ReadonlyMap<string, AnyVendor>, makeKit: MakeKit) {
    this.#pool = pool;
    this.#keys = keys;
    this.#vendors = vendors;
    this.#makeKit = makeKit;
  }

  view(workspace: WorkspaceId): Promise<WorkspaceView> {
    const known = this.#views.get(workspace);
    if (known) return known;
    const loading = this.#load(workspace);
    this.#views.set(workspace, loading);
    // A failure is not kept: the next caller tries again.
    loading.catch(() => this.#views.delete(workspace));
    return loading;
  }

  /** Which connection `id:<n>`, or a secret in the form it is stored in, names. */
  async door(key: string, stored: (key: string) => string = (same) => same): Promise<DoorHit | undefined> {
    const now = Date.now();
    const known = this.#doors.get(key);
    if (known && known.until > now) return known.hit && known.hit.expiresAt > now ? known.hit : undefined;
    const rows = await this.#pool.reference.query<{ workspace: WorkspaceId; connection: ConnectionId; expires_at: Date | null }>({
      name: "door",
      text: "select workspace, connection, expires_at from hub.door where key = $1 and (expires_at is null or expires_at > now())",
      values: [stored(key)],
    });
    const row = rows[0];
    const hit = row && {
      workspace: row.workspace,
      connection: row.connection,
      expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
    };
    if (this.#doors.size >= maxDoors) this.#doors.clear();
    this.#doors.set(key, { hit, until: now + (hit ? doorTtlMs : missTtlMs) });
    return hit;
  }

  doorOfToken(token: string): Promise<DoorHit | undefined> {
    return this.door(token, hashToken);
  }

  /** Whether there is a workspace with this subdomain. */
  async isWorkspace(subdomain: string): Promise<boolean> {
    const rows = await this.#pool.reference.query({
      name: "workspace-named",
      text: "select 1 from hub.workspace where subdomain = $1",
      values: [subdomain],
    });
    return rows.length > 0;
  }

  forget(workspace: WorkspaceId): void {
    this.#views.delete(workspace);
    this.#doors.clear();
  }

  forgetEverything(): void {
    this.#views.clear();
    this.#doors.clear();
  }

  async #load(id: WorkspaceId): Promise<WorkspaceView> {
    const sql = this.#pool.in(id);
    const [workspace] = await this.#pool.reference.query<WorkspaceRow>({ text: "select * from hub.workspace where id = $1", values: [id] });
    if (!workspace) throw new Error(`There is no workspace ${id}`);
    const rows = await sql.query<ConnectionRow>({
      text: "select * from hub.connection where workspace = $1 and state <> 'removed' order by id",
      values: [id],
    });
    const mappings = await sql.query<{ connection: ConnectionId; kind: string; theirs: string; ours: string }>({
      text: "select connection, kind, theirs, ours from hub.mapping where workspace = $1 ",
      values: [id],
    });
    const closed = await sql.query<{ source: ConnectionId; flow: string; target: ConnectionId }>({
      text: "select source, flow, target from hub.route where workspace = $1 and not enabled",
      values: [id],
    });
    const closedRoutes = new Set(closed.map(routeName));
    const words = readWorkspace(workspace);
    const known = rows.filter((row) => this.#vendors.has(row.vendor));
    // A directory is needed while the others are put together: the first connection that is a CRM gives it.
    const bare = known.map((row) => this.#revive(row, words, emptyDirectory, noMappings));
    const crm = bare.find((live) => live.row.state === "active" && live.connected().crm);
    const directory = crm ? await this.#directory(crm) : emptyDirectory;
    const home = crm?.row.id;
    const connections = new Map(
      known.map((row) => {
        const mapped = (kind: string) =>
          Object.fromEntries(
            mappings.filter((mapping) => mapping.connection === row.id && mapping.kind === kind).map(({ theirs, ours }) => [theirs, ours]),
          );
        return [
          row.id,
          this.#revive(
            row,
            words,
            directory,
            { fieldMapping: mapped("field"), userMapping: mapped("user"), stageMapping: mapped("stage") },
            home,
          ),
        ];
      }),
    );
    const all = [...connections.values()];
    return {
      workspace: words,
      connections,
      directory,
      ...(home !== undefined && { home }),
      isRouteOn: (route) => closedRoutes.size === 0 || !closedRoutes.has(routeName(route)),
      targets(name, source) {
        const from = connections.get(source);
        return all.filter((live) => {
          const port = live.connected()[name];
          return port !== undefined && (!("of" in port) || (from !== undefined && isNamed(from.row, port.of)));
        });
      },
    };
  }

  #revive(row: ConnectionRow, workspace: Workspace, directory: Directory, mappings: Mappings, home?: ConnectionId): LiveConnection {
    const vendor = this.#vendors.get(row.vendor);
    if (!vendor) throw new Error(`There is no vendor ${row.vendor}`);
    const { secrets, before } = readOverlaps(this.#keys.open(row.secrets, placeOf(row)));
    const connection: Connection = {
      ...{ id: row.id, name: row.name, workspace, settings: row.settings, secrets, directory, ...mappings },
      ...(home !== undefined && { home }),
      secretsBefore: before,
    };
    let connected: Connected | undefined;
    const kit = this.#makeKit(row, vendor, spellingsOf([...Object.values(secrets), ...Object.values(before).map(({ secret }) => secret)]));
    return {
      row,
      vendor,
      connection,
      secretSpellings: spellingsOf(
        Object.entries(secrets)
          .filter(([name]) => !isPublicSecret(vendor, name))
          .map(([, value]) => value),
      ),
      kit,
      connected() {
        connected ??= connect(vendor, connection, kit);
        return connected;
      },
    };
  }

  /** Asked from the CRM; when it does not answer at once, what it last said: nobody waits for a CRM that is elsewhere. What it says later is there for the next one. */
  async #directory(crm: LiveConnection): Promise<Directory> {
    const asked = this.#askDirectory(crm).catch(() => undefined);
    const soon = await Promise.race([asked, sleep(soonMs, undefined, { ref: false })]);
    if (soon) return soon;
    const [copy] = await this.#pool.in(crm.row.workspace).query<{ directory: Directory }>({
      text: "select directory from hub.directory_copy where workspace = $1 and connection = $2",
      values: [crm.row.workspace, crm.row.id],
    });
    return copy?.directory ?? (await Promise.race([asked, sleep(firstMs, undefined, { ref: false })])) ?? emptyDirectory;
  }

  async #askDirectory(crm: LiveConnection): Promise<Directory | undefined> {
    const { workspace, id } = crm.row;
    const directory = await crm.connected().crm?.directory();
    if (!directory) return undefined;
    const sql = this.#pool.in(workspace);
    const changed = await sql.query({
      text: `insert into hub.directory_copy (workspace, connection, directory) values ($1, $2, $3)
             on conflict (workspace, connection) do update set directory = excluded.directory, at = now()
             where directory_copy.directory <> excluded.directory returning workspace`,
      values: [workspace, id, JSON.stringify(directory)],
    });
    // Whoever was put together with what it said before, is put together anew.
    if (changed.length > 0) await tell(sql, { kind: "directory", workspace });
    return directory;
  }
}

/** Settings that a vendor cannot work with must not stand in the way of the rest of the workspace: such a connection can do nothing, and says why. */
function connect(vendor: AnyVendor, connection: Connection, kit: Kit): Connected {
  try {
    return vendor.connect?.(connection, kit) ?? { check: async () => {} };
  } catch (error) {
    return {
      async check() {
        throw new Refused(error instanceof Error ? error.message : String(error), { cause: error });
      },
    };
  }
}

const routeName = (route: { readonly source: ConnectionId; readonly flow: string; readonly target: ConnectionId }): string =>
  `${route.source} ${route.flow} ${route.target}`;

const isPublicSecret = (vendor: AnyVendor, name: string): boolean => {
  const setting = (vendor.settings as Connection["settings"] & Record<string, { type: string; public?: true } | undefined>)[name];
  return setting?.public === true;
};

export interface WorkspaceRow {
  readonly id: WorkspaceId;
  readonly subdomain: string;
  readonly name: string;
  readonly country: string;
  readonly time_zone: string;
  readonly language: Workspace["language"];
  readonly currency: string;
  readonly created_at: Date;
}

export const readWorkspace = (row: WorkspaceRow): Workspace => ({
  id: row.id,
  subdomain: row.subdomain,
  name: row.name,
  country: row.country,
  timeZone: row.time_zone,
  language: row.language,
  currency: row.currency,
});
