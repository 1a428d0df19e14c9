import { setTimeout as sleep } from "node:timers/promises";
import { startBitrix24 } from "@svyazka/bitrix24/standin";
import type { WorkspaceId } from "@svyazka/core";
import type { Pool } from "@svyazka/server/db/pool.ts";
import { load, post } from "./load.ts";
import { command, type Server, startHub } from "./processes.ts";
import type { Figure } from "./table.ts";

/** Finished calls into a portal at its real limits: a bucket of fifty requests that loses two in a second, shared by four processes. */

const [capacity, perSecond] = [50, 2];

interface Connected {
  readonly id: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

export async function measureBitrix24(databaseUrl: string, dataDir: string, pool: Pool, calls: number): Promise<Figure> {
  const standin = await startBitrix24({ limits: { capacity, perSecond } });
  const hubs: Server[] = [];
  try {
    while (hubs.length < 4) hubs.push(await startHub(dataDir, { DATABASE_URL: databaseUrl }));
    const [hub] = hubs;
    if (!hub) throw new Error("no hub");
    const { id } = command<{ id: number }>(
      hub,
      ...["workspace", "create", "--name", "Portal", "--subdomain", "portal"],
      ...["--admin-email", "admin@portal.example", "--admin-password", "password-of-bench"],
    );
    const add = (vendor: string, settings: Readonly<Record<string, string>>): Connected =>
      command<Connected>(
        hub,
        ...["connection", "add", vendor, "-w", "portal", "--allow-private-addresses"],
        ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
      );
    const line = add("vats", { unknown_caller: "nothing", missed_task_minutes: "0", recording_days: "0" });
    const { app } = standin;
    const portal = add("bitrix24", {
      ...{ domain: standin.url, auth_server: standin.url, sign_in: "application" },
      ...{ client_id: app.clientId, client_secret: app.clientSecret },
    });
    // Tokens come from the portal alone: an address of the hub's own, whichever host it believes to have.
    const answer = await standin.openFrame(hub.url + new URL(portal.urls["application"] ?? "").pathname);
    if (!answer.ok) throw new Error(`The portal was not let in: ${answer.status} ${await answer.text()}`);
    await quiet(() => standin.requests.length);
    // What setting it up has cost is forgotten by then.
    await sleep((1000 * capacity) / perSecond);
    const before = standin.requests.length;
    const started = performance.now();
    await load({
      url: hub.url,
      connections: 8,
      requests: calls,
      request: (n) =>
        post(
          `/in/${line.id}/crm_integration.php`,
          new URLSearchParams({
            ...{ cmd: "history", type: "in", phone: `7${9_200_000_000 + n}`, user: "ivan", callid: `b${n}`, duration: "60" },
            crm_token: line.secrets["crm_token"] ?? "",
          }).toString(),
        ),
    });
    const sql = pool.in(Number(id) as WorkspaceId);
    const allowed = (calls - capacity) / perSecond;
    while ((await waiting(sql)) > 0) {
      if ((performance.now() - started) / 1000 > allowed * 3 + 120)
        throw new Error("The calls are not told in three times the time that they may take");
      await sleep(200);
    }
    const seconds = (performance.now() - started) / 1000;
    const told = [...standin.state.calls.values()];
    const refused = standin.requests.slice(before).filter(({ status }) => status === 503).length;
    const once = new Set(told.map((call) => call["EXTERNAL_CALL_ID"])).size;
    if (once !== calls || told.length !== calls) throw new Error(`${calls} calls became ${told.length}, ${once} of them different`);
    return {
      what: `${calls.toLocaleString("en")} finished calls to a portal of Bitrix24 at its limits, four processes`,
      value: `each once, in ${seconds.toFixed(0)} s; ${refused} answers of 503`,
      limit: `${allowed.toFixed(0)} s: one request a call, ${capacity} at once and ${perSecond}/s`,
      ratio: (seconds / allowed).toFixed(2),
      goal: "at most 1.1, and no 503",
    };
  } finally {
    for (const hub of hubs) await hub.stop();
    await standin.stop();
  }
}

const waiting = async (sql: ReturnType<Pool["in"]>): Promise<number> => {
  const [row] = await sql.query<{ n: number }>({
    text: "select count(*)::int as n from hub.lane where workspace = $1 and pending > 0",
    values: [sql.workspace],
  });
  return row?.n ?? 0;
};

/** Until nothing has happened for a while. */
async function quiet(count: () => number): Promise<void> {
  for (let last = -1; count() !== last; ) {
    last = count();
    await sleep(3_000);
  }
}
