import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { WrongConfiguration } from "../config.ts";
import { CommandFailed, type HubClient, makeClient } from "./client.ts";
import { collectDomains, createKey, type KeyOptions } from "./keys.ts";
import { addMoveCommands } from "./move.ts";
import { printJson, printRecord, printTable } from "./print.ts";

/** `npm run -s hub -- <noun> <verb>`: a thin client of the HTTP API, for people and scripts. Every command takes `--json`. */
interface Shared {
  readonly json?: boolean;
  readonly data?: string;
  readonly workspace?: string;
}

const program = new Command("hub").description("Works with a running hub").showHelpAfterError();

const shared = (command: Command): Command =>
  command.option("--json", "print JSON").option("--data <dir>", "the data directory of the hub (default: DATA_DIR or ./data)");
const inWorkspace = (command: Command): Command =>
  shared(command).addOption(new Option("-w, --workspace <subdomain>", "which workspace").makeOptionMandatory());

function noun(name: string, about: string): Command {
  return program.command(name).description(about);
}

/** Runs the command with a client; prints the answer as JSON, or as `show` likes it. */
function act<O extends Shared, T>(run: (hub: HubClient, options: O, args: string[]) => Promise<T>, show: (answer: T) => void) {
  return async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    const options = command.opts<O>();
    const answer = await run(makeClient(options.data), options, command.args);
    if (options.json) printJson(answer ?? { ok: true });
    else show(answer);
  };
}

const done = () => console.log("Done");
const record = (answer: unknown) => printRecord(answer as Record<string, unknown>);
const table =
  (...columns: string[]) =>
  (rows: readonly unknown[]) =>
    printTable(rows as Record<string, unknown>[], columns);
const limit = new Option("--limit <n>", "how many at most").default(50).argParser(wholeNumber);

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new CommandFailed(`"${text}" is not a whole number from 1`);
  return number;
}

const workspace = noun("workspace", "customer companies");
shared(workspace.command("create").description("make a workspace with its first administrator"))
  .requiredOption("--name <name>", "name of the company")
  .requiredOption("--subdomain <subdomain>", "short name in Latin letters")
  .requiredOption("--admin-email <email>")
  .requiredOption("--admin-password <password>")
  .option("--admin-name <name>", "as people write it; the e-mail unless given")
  .option("--country <code>", "e.g. RU")
  .option("--time-zone <name>", "e.g. Europe/Moscow")
  .option("--language <ru|en>")
  .option("--currency <code>", "e.g. RUB")
  .action(
    act<Shared & Record<string, string>, unknown>(
      (hub, o) =>
        hub.call("POST", "/workspaces", {
          body: {
            name: o["name"],
            subdomain: o["subdomain"],
            admin_email: o["adminEmail"],
            admin_password: o["adminPassword"],
            admin_name: o["adminName"],
            country: o["country"],
            time_zone: o["timeZone"],
            language: o["language"],
            currency: o["currency"],
          },
        }),
      record,
    ),
  );
shared(workspace.command("list").description("every workspace"))
  .addOption(limit)
  .action(
    act<Shared & { limit: number }, unknown[]>(
      (hub, o) => hub.list("/workspaces", { limit: o.limit }),
      table("id", "subdomain", "name", "created_at"),
    ),
  );

const connection = noun("connection", "accounts at vendors");
inWorkspace(connection.command("add").argument("<vendor>").description("add a connection; its secrets are shown this once"))
  .option("--name <name>")
  .option("--set <key=value>", "a setting or secret, as often as needed", collectSettings, {})
  .option("--allow-private-addresses", "let it reach addresses of the local network")
  .action(
    act<Shared & { name?: string; set: Record<string, string>; allowPrivateAddresses?: boolean }, Record<string, unknown>>(
      async (hub, o, [vendor]) => {
        const made = await hub.call<Record<string, unknown>>("POST", "/connections", {
          workspace: o.workspace,
          body: { vendor, name: o.name, settings: o.set, allow_private_addresses: o.allowPrivateAddresses },
        });
        return {
          id: made["id"],
          vendor: made["vendor"],
          name: made["name"],
          settings: made["settings"],
          secrets: made["secrets"],
          urls: made["urls"],
        };
      },
      record,
    ),
  );
inWorkspace(connection.command("list").description("the connections of a workspace"))
  .addOption(limit)
  .action(
    act<Shared & { limit: number }, unknown[]>(
      (hub, o) => hub.list("/connections", { workspace: o.workspace, limit: o.limit }),
      table("id", "vendor", "name", "state", "parked_because"),
    ),
  );
inWorkspace(connection.command("check").argument("<id>").description("try its credentials")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("POST", `/connections/${id}/check`, { workspace: o.workspace }), record),
);
for (const [verb, state] of [
  ["enable", "active"],
  ["disable", "disabled"],
] as const) {
  inWorkspace(
    connection
      .command(verb)
      .argument("<id>")
      .description(verb === "enable" ? "let it work again, in order" : "refuse its requests and hold its deliveries"),
  ).action(
    act<Shared, unknown>((hub, o, [id]) => hub.call("PATCH", `/connections/${id}`, { workspace: o.workspace, body: { state } }), record),
  );
}
inWorkspace(connection.command("remove").argument("<id>").description("remove it; what it brought stays")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("DELETE", `/connections/${id}`, { workspace: o.workspace }), done),
);
inWorkspace(
  connection.command("rotate").argument("<id>").argument("<secret>").description("make a new secret; the old one stays valid for a while"),
)
  .option("--keep-hours <n>", "how long", wholeNumber)
  .action(
    act<Shared & { keepHours?: number }, unknown>(
      (hub, o, [id, name]) =>
        hub.call("POST", `/connections/${id}/secrets/${name}/rotate`, { workspace: o.workspace, body: { keep_hours: o.keepHours } }),
      record,
    ),
  );

inWorkspace(connection.command("users").argument("<id>").description("the accounts of a PBX, and who they are in the CRM")).action(
  act<Shared, unknown[]>(
    (hub, o, [id]) => hub.list(`/connections/${id}/users`, { workspace: o.workspace, limit: 250 }),
    table("account", "name", "extension", "user", "suggestion"),
  ),
);
inWorkspace(
  connection.command("match-users").argument("<id>").description("map accounts of a PBX to users of the same e-mail, phone or name"),
).action(
  act<Shared, { matched: unknown[] }>(
    (hub, o, [id]) => hub.call("POST", `/connections/${id}/users/match`, { workspace: o.workspace }),
    ({ matched }) => table("account", "user", "by")(matched),
  ),
);
inWorkspace(connection.command("poll").argument("<id>").description("ask for what it did not tell"))
  .option("--days <n>", "how far back", wholeNumber, 3)
  .action(
    act<Shared & { days: number }, unknown>(
      (hub, o, [id]) =>
        hub.call("POST", `/connections/${id}/poll`, {
          workspace: o.workspace,
          body: { since: new Date(Date.now() - o.days * 86_400_000).toISOString() },
        }),
      record,
    ),
  );

const call = noun("call", "telephone calls");
inWorkspace(call.command("list").description("the latest first"))
  .option("--phone <phone>")
  .option("--unreturned", "missed calls that nobody has returned")
  .addOption(limit)
  .action(
    act<Shared & { limit: number; phone?: string; unreturned?: boolean }, unknown[]>(
      (hub, o) =>
        hub.list("/calls", {
          workspace: o.workspace,
          limit: o.limit,
          query: { phone: o.phone, unreturned: o.unreturned ? "true" : undefined },
        }),
      table("id", "started_at", "direction", "phone", "outcome", "talk_seconds", "responsible"),
    ),
  );
inWorkspace(call.command("start").argument("<phone>").description("ring an employee, then the client"))
  .requiredOption("--user <id>", "whose phone rings first")
  .option("--connection <id>", "which PBX")
  .action(
    act<Shared & { user: string; connection?: string }, unknown>(
      (hub, o, [phone]) =>
        hub.call("POST", "/calls", {
          workspace: o.workspace,
          body: { phone, responsible: Number(o.user), ...(o.connection !== undefined && { connection: Number(o.connection) }) },
        }),
      record,
    ),
  );
shared(call.command("simulate").description("play an incoming call on a simulated PBX"))
  .option("-w, --workspace <subdomain>", "which workspace; without it, the one that has the connection")
  .requiredOption("--connection <id>")
  .requiredOption("--from <phone>", "who calls")
  .option("--line <phone>", "our number")
  .option("--user <account>", "whose phone rings; without it, where the call is routed to")
  .option("--answer-after <seconds>", "without it, nobody answers")
  .option("--talk <seconds>", "how long they talk")
  .option("--patience <seconds>", "how long the client lets it ring")
  .action(
    act<
      Shared &
        Readonly<Record<"connection" | "from", string>> &
        Readonly<Partial<Record<"line" | "user" | "answerAfter" | "talk" | "patience", string>>>,
      unknown
    >(
      async (hub, o) =>
        hub.call("POST", `/connections/${o.connection}/rehearsal`, {
          workspace: o.workspace ?? (await workspaceOf(hub, o.connection)),
          body: {
            from: o.from,
            ...(o.line !== undefined && { line: o.line }),
            ...(o.user !== undefined && { account: o.user }),
            ...seconds("answer_after_seconds", o.answerAfter),
            ...seconds("talk_seconds", o.talk),
            ...seconds("patience_seconds", o.patience),
          },
        }),
      record,
    ),
  );

const seconds = (name: string, text: string | undefined): Record<string, number> => (text === undefined ? {} : { [name]: Number(text) });

async function workspaceOf(hub: HubClient, connection: string): Promise<string> {
  for (const { subdomain } of await hub.list<{ subdomain: string }>("/workspaces", { limit: 10_000 })) {
    const connections = await hub.list<{ id: number }>("/connections", { workspace: subdomain, limit: 10_000 });
    if (connections.some(({ id }) => String(id) === connection)) return subdomain;
  }
  throw new CommandFailed(`No workspace has a connection ${connection}`);
}

const integration = noun("integration", "programs that use the hub through a served API");
inWorkspace(integration.command("create").description("register a program; its secret and its code are shown this once"))
  .requiredOption("--name <name>")
  .requiredOption("--redirect-uri <uri>", "where a person comes back with the code")
  .requiredOption("--picture <file>", "PNG, JPEG, GIF or WebP")
  .option("--description <text>", "what it does", "")
  .option("--disable-uri <uri>", "is called when it is switched off")
  .option("--set <key=value>", "a setting, as often as needed", collectSettings, {})
  .option("--user <id>", "in whose name it works; the first administrator, unless told")
  .option("--long-lived [days]", "also a token that lasts: so many days, or a year")
  .option("--allow-private-addresses", "let it reach addresses of the local network")
  .action(
    act<
      Shared &
        Record<"name" | "redirectUri" | "picture" | "description", string> & {
          disableUri?: string;
          set: Record<string, string>;
          user?: string;
          longLived?: string | true;
          allowPrivateAddresses?: boolean;
        },
      Record<string, unknown>
    >(async (hub, o) => {
      const made = await hub.call<{ id: number; name: string; secrets: object; issued: object; urls: object }>("POST", "/integrations", {
        workspace: o.workspace,
        body: {
          name: o.name,
          settings: {
            description: o.description === "" ? o.name : o.description,
            redirect_uri: o.redirectUri,
            picture: readPicture(o.picture),
            ...(o.disableUri !== undefined && { disable_uri: o.disableUri }),
            ...o.set,
          },
          ...(o.user !== undefined && { user: Number(o.user) }),
          ...(o.longLived !== undefined && { long_lived_days: o.longLived === true ? 365 : Number(o.longLived) }),
          ...(o.allowPrivateAddresses && { allow_private_addresses: true }),
        },
      });
      return { id: made.id, name: made.name, ...made.secrets, ...made.issued, urls: made.urls };
    }, record),
  );

function readPicture(file: string): string {
  const types: Readonly<Record<string, string>> = { png: "png", jpg: "jpeg", jpeg: "jpeg", gif: "gif", webp: "webp" };
  const type = types[file.toLowerCase().split(".").at(-1) ?? ""];
  if (type === undefined) throw new CommandFailed("The picture must be a PNG, JPEG, GIF or WebP file");
  try {
    return `data:image/${type};base64,${readFileSync(file).toString("base64")}`;
  } catch {
    throw new CommandFailed(`The picture cannot be read: ${file}`);
  }
}

addMoveCommands(noun("move", "a whole CRM, copied into ours and back"), inWorkspace, act as Parameters<typeof addMoveCommands>[2]);

const journal = noun("journal", "the requests as they came");
inWorkspace(journal.command("list").description("newest first"))
  .option("--connection <id>")
  .option("--outcome <outcome>", "accepted, repeated, answered, ignored, malformed or failed")
  .addOption(limit)
  .action(
    act<Shared & { limit: number; connection?: string; outcome?: string }, unknown[]>(
      (hub, o) => hub.list("/journal", { workspace: o.workspace, limit: o.limit, query: { connection: o.connection, outcome: o.outcome } }),
      table("id", "connection", "received_at", "method", "path", "outcome", "detail"),
    ),
  );
inWorkspace(journal.command("show").argument("<id>").description("one request, raw, and what became of it")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("GET", `/journal/${id}`, { workspace: o.workspace }), record),
);
inWorkspace(journal.command("replay").argument("<id>").description("receive it again, with today's settings")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("POST", `/journal/${id}/replay`, { workspace: o.workspace }), record),
);

const delivery = noun("delivery", "what is being done about events");
inWorkspace(delivery.command("list").description("newest first"))
  .option("--state <state>", "waiting, held, parked, done, failed or skipped")
  .option("--record <kind:id>", "what touched a record, e.g. deal:15")
  .addOption(limit)
  .action(
    act<Shared & { limit: number; state?: string; record?: string }, unknown[]>(
      (hub, o) => hub.list("/deliveries", { workspace: o.workspace, limit: o.limit, query: { state: o.state, record: o.record } }),
      table("id", "flow", "state", "attempts", "created_at", "detail"),
    ),
  );
inWorkspace(delivery.command("show").argument("<id>").description("one delivery with every attempt")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("GET", `/deliveries/${id}`, { workspace: o.workspace }), record),
);
for (const verb of ["retry", "skip"] as const) {
  inWorkspace(
    delivery
      .command(verb)
      .argument("<id>")
      .description(verb === "retry" ? "try now" : "let go of it; what comes after it goes on"),
  ).action(act<Shared, unknown>((hub, o, [id]) => hub.call("POST", `/deliveries/${id}/${verb}`, { workspace: o.workspace }), record));
}

const token = noun("token", "API tokens");
inWorkspace(token.command("create").description("make an API token, or a key of another kind; it is shown this once"))
  .option("--name <name>")
  .option("--scopes <scopes>", "of an API token: parted by commas; without it, all of the workspace")
  .option("--kind <kind>", "a key by which a program gets in another way: connect")
  .option("--domain <domain>", "of such a key: where it may be used from, as often as needed", collectDomains, [])
  .option("--set <key=value>", "of such a key: a setting, as often as needed", collectSettings, {})
  .option("--allow-private-addresses", "of such a key: let it reach addresses of the local network")
  .action(
    act<KeyOptions, unknown>(
      (hub, o) =>
        o.kind === undefined
          ? hub.call("POST", "/tokens", {
              workspace: o.workspace,
              body: { name: o.name, scopes: o.scopes?.split(",").map((scope) => scope.trim()) },
            })
          : createKey(hub, o, o.kind),
      record,
    ),
  );
inWorkspace(token.command("list").description("the tokens of a workspace"))
  .addOption(limit)
  .action(
    act<Shared & { limit: number }, unknown[]>(
      (hub, o) => hub.list("/tokens", { workspace: o.workspace, limit: o.limit }),
      table("id", "name", "scopes", "last_used_at", "revoked_at"),
    ),
  );
inWorkspace(token.command("revoke").argument("<id>").description("revoke a token at once")).action(
  act<Shared, unknown>((hub, o, [id]) => hub.call("DELETE", `/tokens/${id}`, { workspace: o.workspace }), done),
);

const user = noun("user", "people who work here");
inWorkspace(user.command("add").description("add a user: with a password, or with an invitation"))
  .requiredOption("--name <name>")
  .requiredOption("--email <email>")
  .addOption(new Option("--role <role>").choices(["administrator", "manager", "read-only"]).default("manager"))
  .option("--password <password>")
  .option("--phone <phone>")
  .option("--record-access <access>", "whose records they see: own, group or all")
  .option("--own-records-only", "the same as --record-access own")
  .action(
    act<Shared & Record<string, string | boolean | undefined>, unknown>(
      (hub, o) =>
        hub.call("POST", "/users", {
          workspace: o.workspace,
          body: {
            name: o["name"],
            email: o["email"],
            role: o["role"],
            password: o["password"],
            phone: o["phone"],
            record_access: o["recordAccess"] ?? (o["ownRecordsOnly"] ? "own" : undefined),
          },
        }),
      record,
    ),
  );
inWorkspace(user.command("list").description("everyone who works or worked here"))
  .addOption(limit)
  .action(
    act<Shared & { limit: number }, unknown[]>(
      (hub, o) => hub.list("/users", { workspace: o.workspace, limit: o.limit }),
      table("id", "name", "email", "role", "active"),
    ),
  );

const demo = noun("demo", "half a year of a company that does not exist, and people who ring and write");
inWorkspace(demo.command("start").description("fill the workspace, once; started again, people only come for longer"))
  .option("--hours <n>", "for how long", wholeNumber, 8)
  .action(
    act<Shared & { hours: number }, unknown>(
      (hub, o) => hub.call("POST", "/demo", { workspace: o.workspace, body: { hours: o.hours } }),
      record,
    ),
  );
inWorkspace(demo.command("stop").description("nobody rings any more; what there is stays")).action(
  act<Shared, unknown>((hub, o) => hub.call("DELETE", "/demo", { workspace: o.workspace }), done),
);

shared(program.command("doctor").description("is everything well, and if not, what to do")).action(
  act<Shared, { ok: boolean; findings: { check: string; ok: boolean; message: string; advice?: string }[] }>(
    async (hub) => {
      const answer = await hub.call<{ ok: boolean; findings: [] }>("GET", "/doctor");
      if (!answer.ok) process.exitCode = 1;
      return answer;
    },
    ({ findings }) => {
      for (const { check, ok, message, advice } of findings) {
        console.log(`${ok ? "ok  " : "BAD "} ${check}: ${message}`);
        if (advice) console.log(`     ${advice}`);
      }
    },
  ),
);
shared(noun("secret", "secrets at rest").command("rotate").description("encrypt every secret with the current MASTER_KEY")).action(
  act<Shared, unknown>((hub) => hub.call("POST", "/master-key/rotate"), record),
);

function collectSettings(text: string, before: Record<string, string>): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new CommandFailed(`--set takes key=value, not "${text}"`);
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandFailed || error instanceof WrongConfiguration)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
