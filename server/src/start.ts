import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyFlow, AnyVendor, WorkspaceId } from "@svyazka/core";
import { builtinCrm, inboxOf } from "@svyazka/crm";
import { flows } from "@svyazka/flows";
import { recordSnapshots } from "./api/crm/snapshots.ts";
import { makeApp } from "./app.ts";
import { type Config, WrongConfiguration } from "./config.ts";
import { kitMaker, type Lender, recordFollowing } from "./connections/kit.ts";
import { rememberHealth } from "./connections/manage.ts";
import { Registry } from "./connections/registry.ts";
import { loadKeyRing } from "./connections/secrets.ts";
import { Bus, tell } from "./db/bus.ts";
import { openDatabase } from "./db/open.ts";
import { YoungTables } from "./db/young-tables.ts";
import { attempt } from "./delivery/attempt.ts";
import { Jobs } from "./delivery/jobs.ts";
import { Ledger } from "./delivery/ledger.ts";
import { park, shut } from "./delivery/manage.ts";
import { Queue } from "./delivery/queue.ts";
import { Worker } from "./delivery/worker.ts";
import { liveOn } from "./demo/demo.ts";
import { keepFileOf } from "./files/keep-of.ts";
import type { Hub } from "./hub.ts";
import { importing } from "./imports/importers.ts";
import { Listeners } from "./listening/listeners.ts";
import { keepPolling } from "./listening/polls.ts";
import { Changes } from "./live/changes.ts";
import { News } from "./live/news.ts";
import { makeLog } from "./log.ts";
import { moving } from "./moves/movers.ts";
import { keepHouse } from "./operation/housekeeping.ts";
import { Metrics } from "./operation/metrics.ts";
import { keepSeen } from "./operation/processes.ts";
import { openSetup } from "./people/setup.ts";
import { SignIn } from "./people/sign-in.ts";
import * as vendors from "./vendors.ts";

export interface RunningHub {
  /** Where it listens. */
  readonly address: string;
  /** The one-time set-up link, while the hub is empty. */
  readonly setupUrl: string | undefined;
  /** Takes nothing more, finishes what is in hand, closes the database. */
  stop(): Promise<void>;
}

/** How often other processes are told of new work: once is enough for many commits. */
const tellEveryMs = 100;

/** Puts the parts together and starts them in order. */
export async function startHub(config: Config): Promise<RunningHub> {
  makeDataDirectory(config.DATA_DIR);
  const log = makeLog(config.LOG_LEVEL);
  const keys = loadKeyRing(config);
  const database = await openDatabase(config, keys.master, (message) => log.warn(message));
  const { pool } = database;
  const crm = builtinCrm({
    database: pool,
    snapshots: recordSnapshots,
    tell: (sql, news, users) => tell(sql, { kind: "live", workspace: sql.workspace, news, ...(users && { users }) }),
  });
  const byId = new Map([crm as AnyVendor, ...Object.values<AnyVendor>(vendors)].map((vendor) => [vendor.id, vendor]));
  const flowsByName = new Map<string, AnyFlow>(flows.map((flow) => [flow.name, flow]));
  const files = { pool, directory: config.FILES_DIR };
  const lender: Lender = {
    ...{ pool, files },
    keys,
    flows,
    registry: () => registry,
    ledger: () => ledger,
    publicUrl: () => hub.publicUrl(),
    hub: () => hub,
  };
  const makeKit = kitMaker(lender);
  const registry: Registry = new Registry(pool, keys, byId, makeKit);
  const bus = new Bus(database.connection);
  await bus.open();
  bus.on(({ kind, workspace }) => {
    if (kind === "connections" || kind === "directory") registry.forget(workspace);
    if (kind === "connections") listeners?.look();
  });
  bus.onReconnect(() => registry.forgetEverything());

  let address = "";
  const young = new YoungTables(pool.reference, (error) => log.warn({ err: error }, "statistics could not be refreshed"));
  const ledger: Ledger = new Ledger(
    pool,
    (workspace) => hub.wake(workspace),
    (lines) => young.grew(lines),
  );
  const worker = config.ROLE === "web" ? undefined : makeWorker();
  const listeners = config.ROLE === "web" ? undefined : makeListeners();
  const jobs = new Jobs(
    pool,
    (workspace) => hub.wake(workspace),
    (error) => log.warn({ err: error }, "jobs will be taken up again"),
  );
  const hub: Hub = {
    config,
    log,
    pool,
    bus,
    keys,
    registry,
    ledger,
    jobs,
    vendors: byId,
    flows: flowsByName,
    signIn: new SignIn(pool),
    databaseKind: database.kind,
    publicUrl: () => config.PUBLIC_URL ?? address,
    wake: announcing(),
  };
  const metrics = new Metrics(pool, () => worker?.inHand ?? 0);
  const news = new News(bus);
  const changes = new Changes(pool, news, (error) => log.warn({ err: error }, "open pages will be told later"));
  const app = await makeApp(hub, metrics, news);
  try {
    address = await app.listen({ host: config.HOST, port: config.PORT });
  } catch (error) {
    await bus.close();
    await database.close();
    throw new WrongConfiguration(
      `Cannot listen on ${config.HOST}:${config.PORT}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (config.ROLE !== "worker") writeAccess(config.DATA_DIR, address, keys.operatorToken);
  worker?.start();
  listeners?.start();
  if (worker) jobs.start();
  const polls = worker && keepPolling(hub);
  const importers = worker && importing(hub);
  const movers = worker && moving(hub);
  const house = worker && keepHouse(hub);
  const seen = keepSeen(hub);
  const life =
    config.ROLE === "worker"
      ? undefined
      : liveOn(hub, ({ method, path, body }) =>
          app.inject({
            method,
            url: path,
            headers: { "content-type": "form" in body ? "application/x-www-form-urlencoded" : "application/json" },
            payload: "form" in body ? new URLSearchParams(body.form).toString() : JSON.stringify(body.json),
          }),
        );
  const code = await openSetup(pool.reference);

  return {
    address,
    setupUrl: code === undefined ? undefined : `${hub.publicUrl()}/setup#${code}`,
    async stop() {
      house?.stop();
      await seen.stop();
      life?.stop();
      news.close();
      await changes.stop();
      await app.close();
      await Promise.all([listeners?.stop(), polls?.stop(), jobs.stop(), importers?.stop(), movers?.stop(), worker?.stop()]);
      await bus.close();
      await database.close();
    },
  };

  async function workspaces(): Promise<readonly WorkspaceId[]> {
    return (await pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" })).map(({ id }) => id);
  }

  function makeListeners(): Listeners {
    return new Listeners({
      pool,
      registry,
      flows,
      workspaces,
      onState({ row }, error) {
        const message = error === undefined ? "OK" : error instanceof Error ? error.message : String(error);
        if (error !== undefined) log.warn({ workspace: row.workspace, connection: row.id, err: error }, "listening broke off");
        void rememberHealth(pool.in(row.workspace), row.id, { ok: error === undefined, message }).catch(() => {});
      },
    });
  }

  function makeWorker(): Worker {
    const made = new Worker({
      queue: new Queue(pool),
      concurrency: config.WORKER_CONCURRENCY,
      workspaces,
      onError: (error) => log.warn({ err: error }, "the queue will be looked at again"),
      attempt: async (claim) => {
        const finished = await attempt(claim, {
          registry,
          flows: flowsByName,
          turn: async ({ event }) => {
            const [row] = await pool.in(event.workspace).query<{ turn: number }>({
              name: "turn",
              text: "update hub.connection set turn = turn + 1 where workspace = $1 and id = $2 returning turn - 1 as turn",
              values: [event.workspace, event.connection],
            });
            return row?.turn ?? 0;
          },
          keepFile: (source, url, options) => keepFileOf({ files, ownAddress: `${hub.publicUrl()}/in/` }, source, url, options),
          inbox: ({ event, target }, view) =>
            inboxOf(pool.in(event.workspace), {
              ...{ home: view.workspace, connection: target },
              isOwn: (connection) => view.connections.get(connection)?.vendor === (crm as AnyVendor),
              tell: (conversation) =>
                tell(pool.in(event.workspace), {
                  kind: "live",
                  workspace: event.workspace,
                  news: { type: "conversation.changed", conversation },
                }),
            }),
          record: async ({ event }, facts, of) => recordFollowing(lender, event.workspace, facts, of),
          park: ({ event, target }, because) => park(pool.in(event.workspace), target, because),
          shut: ({ event, target }, because) => shut(pool.in(event.workspace), target, because),
          remember: async ({ event, target }, found) => {
            const sql = pool.in(event.workspace);
            await rememberHealth(sql, target, found);
            await tell(sql, { kind: "connections", workspace: event.workspace });
          },
          onBug(error, { id, flow }) {
            metrics.bugs.inc({ where: `flow:${flow}` });
            log.error({ err: error, delivery: id, flow }, "an attempt failed by our own mistake");
          },
        });
        if (finished) metrics.attempts.inc({ flow: claim.flow, outcome: finished.outcome });
        return finished;
      },
    });
    bus.on((message) => {
      if (message.kind === "work" || message.kind === "connections") made.wake(message.workspace);
    });
    bus.onReconnect(() => void made.lookEverywhere());
    return made;
  }

  /** Wakes our own worker at once, and tells the other processes, though not for every commit. */
  function announcing(): (workspace: WorkspaceId) => void {
    const pending = new Map<WorkspaceId, NodeJS.Timeout>();
    return (workspace) => {
      worker?.wake(workspace);
      if (database.kind === "embedded" || pending.has(workspace)) return;
      const tellNow = () => void tell(pool.in(workspace), { kind: "work", workspace }).catch(() => {});
      tellNow();
      pending.set(
        workspace,
        setTimeout(() => {
          pending.delete(workspace);
          tellNow();
        }, tellEveryMs).unref(),
      );
    };
  }
}

function makeDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 });
  } catch (error) {
    throw new WrongConfiguration(`DATA_DIR ${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** For the command line on the same machine: where the hub listens and the operator's token. Readable by the owner only. */
function writeAccess(dataDir: string, address: string, token: string): void {
  writeFileSync(join(dataDir, "access.json"), `${JSON.stringify({ url: address, token }, null, 2)}\n`, { mode: 0o600 });
}
