import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { Pool } from "@svyazka/server/db/pool.ts";
import { measureAmocrm } from "./amocrm.ts";
import { measureBitrix24 } from "./bitrix24.ts";
import { measureBoard } from "./board.ts";
import { measureEndToEnd, measureScaling } from "./end-to-end.ts";
import { measureIdle } from "./idle.ts";
import { measureIntake } from "./intake.ts";
import { measureLookup } from "./lookup.ts";
import { measureMessages } from "./messages.ts";
import { measureOnec } from "./onec.ts";
import { addSite, command, makeDataDir, pssMib, root, type Server, startDatabase, startHub } from "./processes.ts";
import { measureSearch } from "./search.ts";
import { type Figure, table } from "./table.ts";
import { measureCard, measureContact, measureThousandCalls } from "./telephony.ts";

/** `npm run bench [-- --quick]`: every figure with its limit measured in the same run, written to docs/performance.md. */
const quick = process.argv.includes("--quick");
const figures: Figure[] = [];
const note = (figure: Figure) => {
  figures.push(figure);
  console.log(`${figure.what}: ${figure.value} (limit ${figure.limit}; ratio ${figure.ratio}; goal ${figure.goal})`);
};

const idle = await measureIdle();
for (const figure of idle) note(figure);

const database = await startDatabase();
try {
  const dataDir = makeDataDir();
  const web = await startHub(dataDir, { DATABASE_URL: database.url, ROLE: "web" });
  const site = addSite(web, "bench");
  for (const figure of await measureIntake(web, site, database.url, quick ? 3 : 8)) note(figure);
  await web.stop();

  // The backlog of the intake figures is worked off before anything else is measured.
  const hub = await startHub(dataDir, { DATABASE_URL: database.url });
  await drained(hub);
  const pool = new Pool({ connectionString: database.url, max: 20 });
  for (const figure of await measureEndToEnd(hub, pool, quick ? 1_000 : 4_000)) note(figure);
  const contacts = quick ? 50_000 : 1_000_000;
  const lookup = await measureLookup(hub, database, contacts, quick ? 3 : 8);
  for (const figure of lookup.figures) note(figure);
  for (const figure of await measureContact(hub, database.url, lookup.site, contacts, quick ? 3 : 8)) note(figure);
  await drained(hub, "lookup");
  for (const figure of await measureSearch(hub, database.client, contacts, quick ? 1 : 4)) note(figure);
  const amocrm = { deals: quick ? 10_000 : 100_000, loaded: quick ? 20_000 : 100_000, seconds: quick ? 2 : 8 };
  for (const figure of await measureAmocrm(hub, database, amocrm)) note(figure);
  const onec = { counterparties: quick ? 10_000 : 100_000, orders: quick ? 300 : 3_000 };
  for (const figure of await measureOnec(hub, database.url, onec)) note(figure);
  const messages = { chats: quick ? 200 : 1_000, seconds: quick ? 3 : 20, sent: quick ? 200 : 1_500 };
  for (const figure of await measureMessages(hub, database.url, messages)) note(figure);
  for (const figure of await measureBoard(hub, pool, quick ? 2_000 : 10_000)) note(figure);
  for (const figure of await measureCard(hub, quick ? 400 : 2_000)) note(figure);
  for (const figure of await measureThousandCalls(hub, pool, quick ? 200 : 1_000)) note(figure);
  note({
    what: "Memory of the hub after the loads above (PSS)",
    value: `${pssMib(hub.pid).toFixed(0)} MiB`,
    limit: "—",
    ratio: "—",
    goal: "at most 300 MiB",
  });
  await hub.stop();
  note(await measureBitrix24(database.url, dataDir, pool, quick ? 120 : 1_000));
  for (const figure of await measureScaling(database.url, dataDir, pool, quick ? 1_000 : 4_000)) note(figure);
  await pool.close();
} finally {
  await database.stop();
}

if (!quick) writeFileSync(`${root}docs/performance.md`, report(figures));
console.log(`\n${table(figures)}`);

async function drained(hub: Server, workspace = "bench"): Promise<void> {
  for (;;) {
    const waiting = command<unknown[]>(hub, "delivery", "list", "-w", workspace, "--state", "waiting", "--limit", "1");
    if (waiting.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function report(all: readonly Figure[]): string {
  return `# Performance

Written by \`npm run bench\`; do not edit by hand. Each speed is a ratio to a limit measured in the same run, on the same machine and the same
PostgreSQL, with the load generator on the same cores: quote the ratios, not the absolutes.

Measured with ${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}, the embedded PostgreSQL, fsync on.

${table(all)}

* **Accepted durably**: \`POST /ctm/form/send\` answered after one commit that holds the journal line, the dedupe key, the event, its delivery and its lane.
  The process takes requests only (\`--role web\`). The limit is a bare \`node:http\` handler that commits one row of the same bytes per request.
  Requests that arrive together share a commit, which is why the ratio grows with the connections.
* **Forms to finished deals**: from the first form sent to the last delivery done, one process for everything. The limit calls the CRM's port
  with the same people, 32 at a time, in a process that does nothing else: it is what the built-in CRM could do if receiving, queueing and recording were free.
* **Who is this phone**: the authenticated API over a million contacts. The limit is a bare handler that runs the same prepared SELECT.
* **A PBX asks who is calling**: \`contact\` of the PBX protocol, answered after its line in the journal is on disk. The limit is the bare handler of the line above; where accounts of calls come in, it answers beside the same ones.
* **Search**: \`GET /search\` over contacts, companies, deals and notes, one after the other on each of eight connections. The names are as uneven as in life:
  one person in twenty-five has the first surname. The hub, PostgreSQL and the load share two cores, so that a question takes a quarter of what is measured when it is asked alone.
* **amoCRM's API**: lists of the workspace of the search. The limit is a bare handler whose rows come from one SELECT for the same records, with what belongs to them.
* **First load**: from adding an account (another workspace of the same hub, answering as amoCRM) to its people in the address book: both sides on these two cores.
* **Tokens renewed**: one file of tokens, sixteen processes that begin at the same moment.
* **Counterparties of 1C**: each call is answered with an id after the company, its link and the line of the journal are on disk. The limit is one row per commit, from as many connections.
* **Orders to 1C**: an answer that is lost after the work was done is asked for again, so that the order is there once.
* **A message**: from the first byte of the hook to the news on the page's stream, the hook's fact and the message itself being on disk by then. The limit is what PostgreSQL needs alone.
* **Messages of ours**: each part is put down as begun, on disk, before it leaves; what the messenger answers is put down afterwards.
* **The board**: a real browser (Chromium without a graphics processor) on the same two cores as the hub and PostgreSQL. Its limits are an empty screen of the same console, and the frames while nothing but the pointer moves.
* **The card**: from the first byte of the push to the message on the page's stream, every step between being durable.
* **A thousand calls**: played by the simulated engine in one workspace, told over HTTP to another one of the same hub, both on these two cores.
* **Calls to a portal of Bitrix24**: its stand-in enforces the limits. A call that nobody was shown costs one request: registered, ended and put beside its deal in one batch.
* **Several processes**: the same end-to-end figure with N hubs on one database, forms sent to all of them in turn. With two cores for the hubs,
  PostgreSQL and the load together, there is little to gain here; it shows that several do not get in each other's way.
`;
}
