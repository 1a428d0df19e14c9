import type { AnyVendor, Connection, ConnectionId, DemoPerson, DemoRequest, Workspace, WorkspaceId } from "@svyazka/core";
import { listUsers, type Sql } from "@svyazka/crm";
import { chances, type DemoCounts, fillWithDemo, stranger } from "@svyazka/crm/demo";
import { addConnection } from "../connections/manage.ts";
import type { Hub } from "../hub.ts";

/** Half a year of a company that does not exist, and its life from now on. */

/** Every so often something happens. */
const everyMs = 20_000;
const nameOf = (workspace: WorkspaceId): string => `demo:${workspace}`;
const noCounts: DemoCounts = { contacts: 0, companies: 0, deals: 0, calls: 0 };

/** What is kept of a demo: until when it lives, and which connections it has added. */
interface Kept {
  readonly until: string;
  readonly next: string;
  readonly connections: readonly ConnectionId[];
}

export async function readDemo(hub: Hub, workspace: WorkspaceId): Promise<Kept | undefined> {
  const [row] = await hub.pool.reference.query<{ value: string }>({
    text: "select value from hub.installation where name = $1",
    values: [nameOf(workspace)],
  });
  return row && (JSON.parse(row.value) as Kept);
}

const keepDemo = (hub: Hub, workspace: WorkspaceId, kept: Kept): Promise<unknown> =>
  hub.pool.reference.query({
    text: "insert into hub.installation (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    values: [nameOf(workspace), JSON.stringify(kept)],
  });

/**
 * Fills the workspace, adds a connection of each vendor that can be tried, and lets people come: all of it, or nothing. Once; afterwards only the
 * life goes on. Who starts it at the same moment waits, and finds it started.
 */
export async function startDemo(
  hub: Hub,
  sql: Sql,
  workspace: Workspace,
  hours: number,
): Promise<DemoCounts & { readonly until: Date; readonly connections: readonly ConnectionId[] }> {
  const until = new Date(Date.now() + hours * 3_600_000);
  const kept = { until: until.toISOString(), next: new Date().toISOString() };
  const counts = await sql.transaction((sql) => begin(hub, sql, workspace, kept));
  if (counts) {
    hub.registry.forget(workspace.id);
    await hub.pool.reference.query({ text: "select hub.refresh_statistics()" });
  }
  const connections = (await readDemo(hub, workspace.id))?.connections ?? [];
  if (!counts) await keepDemo(hub, workspace.id, { ...kept, connections });
  return { ...(counts ?? noCounts), until, connections };
}

/** Undefined when it has begun already. */
async function begin(hub: Hub, sql: Sql, workspace: Workspace, kept: Omit<Kept, "connections">): Promise<DemoCounts | undefined> {
  const [mine] = await sql.query({
    text: "insert into hub.installation (name, value) values ($1, '') on conflict (name) do nothing returning name",
    values: [nameOf(workspace.id)],
  });
  if (!mine) return undefined;
  const counts = await fillWithDemo(sql, workspace, { now: new Date(), seed: workspace.id });
  const connections = await connectVendors(hub, sql, workspace);
  await sql.query({
    text: "update hub.installation set value = $2 where name = $1",
    values: [nameOf(workspace.id), JSON.stringify({ ...kept, connections })],
  });
  return counts;
}

export async function stopDemo(hub: Hub, workspace: WorkspaceId): Promise<void> {
  const known = await readDemo(hub, workspace);
  if (known) await keepDemo(hub, workspace, { ...known, until: new Date(0).toISOString() });
}

async function connectVendors(hub: Hub, sql: Sql, workspace: Workspace): Promise<ConnectionId[]> {
  const people = (await listUsers(sql, { active: true })).map(({ id, name }) => ({ id: String(id), name }));
  const made: ConnectionId[] = [];
  for (const vendor of hub.vendors.values()) {
    const { demo } = vendor;
    if (!demo) continue;
    const { settings, users = {} } = demo.connection(people);
    const { row } = await addConnection(hub, sql, workspace, {
      vendor: vendor.id,
      name: `${vendor.title[workspace.language]} (${workspace.language === "ru" ? "демо" : "demo"})`,
      settings,
    });
    await sql.query({
      text: `insert into hub.mapping (workspace, connection, kind, theirs, ours)
             select $1, $2, 'user', theirs, ours from json_to_recordset($3::json) as x(theirs text, ours text) on conflict do nothing`,
      values: [sql.workspace, row.id, JSON.stringify(Object.entries(users).map(([theirs, ours]) => ({ theirs, ours })))],
    });
    made.push(row.id);
  }
  return made;
}

/** How a request comes in by the hub's own door. */
export type Knock = (request: DemoRequest) => Promise<unknown>;

/** Lets something happen in each demo now and then. However many processes there are, one of them does it. */
export function liveOn(hub: Hub, knock: Knock): { stop(): void } {
  const chance = chances(Date.now());
  const round = () =>
    void liveOnce(hub, knock, chance).catch((error: unknown) => hub.log.debug({ err: error }, "the demo waits for a better moment"));
  const timer = setInterval(round, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** One round over every demo; what goes wrong in one of them keeps nobody from the others. */
export async function liveOnce(hub: Hub, knock: Knock, chance: () => number): Promise<void> {
  const rows = await hub.pool.reference.query<{ name: string; value: string }>({
    text: "select name, value from hub.installation where name like 'demo:%'",
  });
  for (const { name, value } of rows) {
    const kept = JSON.parse(value) as Kept;
    const now = Date.now();
    if (Date.parse(kept.until) < now || Date.parse(kept.next) > now) continue;
    const next: Kept = { ...kept, next: new Date(now + everyMs * (0.7 + chance() * 2)).toISOString() };
    const [mine] = await hub.pool.reference.query({
      text: "update hub.installation set value = $3 where name = $1 and value = $2 returning name",
      values: [name, value, JSON.stringify(next)],
    });
    if (!mine) continue;
    const workspace = Number(name.slice("demo:".length)) as WorkspaceId;
    await act(hub, workspace, kept.connections, knock, chance).catch((error: unknown) =>
      hub.log.debug({ err: error, workspace }, "nobody came to the demo this time"),
    );
  }
}

async function act(
  hub: Hub,
  workspace: WorkspaceId,
  connections: readonly ConnectionId[],
  knock: Knock,
  chance: () => number,
): Promise<void> {
  const view = await hub.registry.view(workspace);
  const able = connections.flatMap((id) => {
    const live = view.connections.get(id);
    return live?.vendor.demo && live.row.state === "active" ? [live] : [];
  });
  const live = able[Math.floor(chance() * able.length)];
  if (!live) return;
  const person: DemoPerson = { ...stranger(view.workspace.language, chance), luck: chance() };
  const { requests, call } = demoOf(live.vendor);
  if (requests) for (const request of requests(live.connection, person)) await knock(request);
  else if (call) await live.connected().rehearsal?.play(call(live.connection, person));
}

const demoOf = (
  vendor: AnyVendor,
): { requests?(of: Connection, person: DemoPerson): readonly DemoRequest[]; call?: NonNullable<AnyVendor["demo"]>["call"] } =>
  vendor.demo ?? {};
