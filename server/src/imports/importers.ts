import type { Workspace, WorkspaceId } from "@svyazka/core";
import {
  type By,
  finishImport,
  getImport,
  getUser,
  importContext,
  keepImport,
  leaseImport,
  recordsSeenBy,
  runNextRow,
  type Sql,
  undoNextRow,
} from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { importLinks } from "./links.ts";

const sweepMs = 60_000;
const keepMs = 2_000;

/** The importers of a hub, at work. */
export function importing(hub: Hub): Importers {
  const importers = new Importers({
    in: (workspace) => hub.pool.in(workspace),
    workspaces: async () =>
      (await hub.pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" })).map(({ id }) => id),
    workspace: async (id) => (await hub.registry.view(id)).workspace,
    onError: (error) => hub.log.warn({ err: error }, "an import will be taken up again"),
  });
  hub.bus.on((message) => {
    if (message.kind === "imports") importers.wake(message.workspace);
  });
  void importers.sweep();
  return importers;
}

interface Options {
  readonly in: (workspace: WorkspaceId) => Sql;
  readonly workspaces: () => Promise<readonly WorkspaceId[]>;
  readonly workspace: (id: WorkspaceId) => Promise<Workspace>;
  readonly onError: (error: unknown) => void;
}

/**
 * Works off imports, in whatever process: one import at a time here, by a lease that another process takes over when this one dies. Told by `wake`;
 * a sweep each minute mends what was not told.
 */
export class Importers {
  readonly #options: Options;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting = new Set<WorkspaceId>();
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#timer = setInterval(() => void this.sweep(), sweepMs);
    this.#timer.unref();
  }

  wake(workspace: WorkspaceId): void {
    this.#waiting.add(workspace);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async sweep(): Promise<void> {
    try {
      for (const workspace of await this.#options.workspaces()) this.wake(workspace);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Ends after the row at hand; the rest waits for whoever comes next. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  async #work(): Promise<void> {
    for (;;) {
      const [workspace] = this.#waiting;
      if (workspace === undefined || this.#stopped) return;
      this.#waiting.delete(workspace);
      try {
        const sql = this.#options.in(workspace);
        for (let leased = await leaseImport(sql); leased && !this.#stopped; leased = await leaseImport(sql))
          await this.#runImport(sql, leased);
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  async #runImport(sql: Sql, { id, state, actor, byUser }: NonNullable<Awaited<ReturnType<typeof leaseImport>>>): Promise<void> {
    const home = await this.#options.workspace(sql.workspace);
    // With the rights that whoever asked for it has now, not those they had then.
    const user = byUser === null ? undefined : await getUser(sql, byUser);
    const by: By = { actor, home, ...(user && { user: user.id, sees: await recordsSeenBy(sql, user) }) };
    const { settings } = await getImport(sql, id, {});
    const context = await importContext(sql, settings, home, importLinks(settings.connection));
    let kept = performance.now();
    for (;;) {
      if (this.#stopped) return;
      if (performance.now() - kept > keepMs) {
        if (!(await keepImport(sql, id, state))) return;
        kept = performance.now();
      }
      const more = state === "running" ? await runNextRow(sql, id, context, by) : await undoNextRow(sql, id, by);
      if (!more) break;
    }
    await finishImport(sql, id, state);
  }
}
