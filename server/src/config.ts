import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

/**
 * Every setting of the process, in one place: read from the environment, from `.env` and from the command line, checked before anything starts.
 * `.env.example` is written from this table.
 */
interface Variable<T> {
  readonly about: string;
  readonly example: string;
  read(text: string | undefined): T;
}

/** A value nobody can work with: the start stops with this sentence. */
export class WrongConfiguration extends Error {
  override readonly name = "WrongConfiguration";
}

const text = (about: string, example = ""): Variable<string | undefined> => ({ about, example, read: (given) => given || undefined });

const withDefault = (about: string, value: string): Variable<string> => ({ about, example: value, read: (given) => given || value });

const number = (about: string, value: number, min: number, max: number): Variable<number> => ({
  about,
  example: String(value),
  read(given) {
    if (given === undefined || given === "") return value;
    const read = Number(given);
    if (!Number.isInteger(read) || read < min || read > max)
      throw new WrongConfiguration(`must be a whole number from ${min} to ${max}, not "${given}"`);
    return read;
  },
});

const choice = <const O extends string>(about: string, options: readonly O[], value: O): Variable<O> => ({
  about: `${about} One of: ${options.join(", ")}.`,
  example: value,
  read(given) {
    if (given === undefined || given === "") return value;
    const found = options.find((option) => option === given);
    if (!found) throw new WrongConfiguration(`must be one of ${options.join(", ")}, not "${given}"`);
    return found;
  },
});

const address = (about: string, protocols: readonly string[]): Variable<string | undefined> => ({
  about,
  example: "",
  read(given) {
    if (!given) return undefined;
    const url = URL.parse(given);
    if (!url || !protocols.includes(url.protocol))
      throw new WrongConfiguration(`must be an address that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`);
    return given.replace(/\/$/, "");
  },
});

export const roles = ["all", "web", "worker"] as const;
export const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;

export const variables = {
  HOST: withDefault("The address to listen on.", "127.0.0.1"),
  PORT: number("The port to listen on; 0 takes a free one.", 3000, 0, 65535),
  PUBLIC_URL: address(
    "How the hub is reached from outside, for the addresses it shows and for secure cookies, e.g. https://hub.example.com.",
    ["http:", "https:"],
  ),
  DATA_DIR: withDefault("Where the embedded database, the encryption key and the logs are kept.", "./data"),
  FILES_DIR: text("Where recordings are kept. Without it, DATA_DIR/files. Processes on several machines need one they all see."),
  DATABASE_URL: address("A PostgreSQL (15 or later) to use instead of the embedded one, e.g. postgres://user:password@host:5432/svyazka.", [
    "postgres:",
    "postgresql:",
  ]),
  DATABASE_CONNECTIONS: number("Connections to the database per process.", 20, 4, 500),
  ROLE: choice("What this process does: take requests (web), deliver (worker), or both (all).", roles, "all"),
  WORKER_CONCURRENCY: number("Deliveries worked on at once per process.", 32, 1, 1000),
  MASTER_KEY: text("32 bytes in base64 that encrypt secrets at rest. Without it, a key is made and kept in DATA_DIR/master.key."),
  MASTER_KEY_OLD: text("The key before this one, while secrets are being rotated (`hub secret rotate`)."),
  TLS_CERT: text("A file with the certificate (PEM, with its chain), to speak HTTPS without a proxy. Together with TLS_KEY."),
  TLS_KEY: text("A file with the private key of TLS_CERT (PEM)."),
  TRUST_PROXY: withDefault(
    "Whose X-Forwarded-For is believed: addresses or networks parted by commas, or `loopback`. Empty: nobody's.",
    "",
  ),
  BODY_LIMIT: number("Bytes a request body may have, where its protocol does not say less.", 1_048_576, 1024, 104_857_600),
  JOURNAL_DAYS: number("Days for which raw requests (personal data) are kept.", 90, 1, 3650),
  HISTORY_DAYS: number(
    "Days for which events, deliveries, attempts and lines of the journal are kept when all is done about them.",
    365,
    7,
    36_500,
  ),
  LOG_LEVEL: choice("How much to log.", logLevels, "info"),
  METRICS_TOKEN: text("When set, /metrics asks for this bearer token."),
} as const;

type ReadOf<V> = V extends Variable<infer T> ? T : never;
export type Config = { readonly [K in keyof typeof variables]: ReadOf<(typeof variables)[K]> } & { readonly FILES_DIR: string };

const flags = {
  host: { type: "string" },
  port: { type: "string", short: "p" },
  data: { type: "string" },
  role: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const flagOf: Partial<Record<keyof typeof variables, "host" | "port" | "data" | "role">> = {
  HOST: "host",
  PORT: "port",
  DATA_DIR: "data",
  ROLE: "role",
};

/** What HTTPS needs, when it is asked for. Throws `WrongConfiguration` when a file cannot be read. */
export function readTls({ TLS_CERT, TLS_KEY }: Pick<Config, "TLS_CERT" | "TLS_KEY">): { cert: Buffer; key: Buffer } | undefined {
  if (TLS_CERT === undefined || TLS_KEY === undefined) return undefined;
  try {
    return { cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) };
  } catch (error) {
    throw new WrongConfiguration(`TLS_CERT or TLS_KEY cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const usage = `npm start -- [--host ADDRESS] [--port N] [--data DIR] [--role all|web|worker]
Everything else is set by environment variables or .env: see .env.example.`;

/** Reads and checks everything; throws one `WrongConfiguration` that names each wrong value. */
export function readConfig(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = environmentWithFile(),
): Config {
  const given = readFlags(args);
  const config: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, variable] of Object.entries(variables) as [keyof typeof variables, Variable<unknown>][]) {
    const flag = flagOf[name];
    const fromFlag = flag && given[flag];
    try {
      config[name] = variable.read(fromFlag ?? environment[name]);
    } catch (error) {
      if (!(error instanceof WrongConfiguration)) throw error;
      wrong.push(`${fromFlag === undefined ? name : `--${flag}`} ${error.message}`);
    }
  }
  if ((config["TLS_CERT"] === undefined) !== (config["TLS_KEY"] === undefined)) wrong.push("TLS_CERT and TLS_KEY belong together");
  if (wrong.length > 0) throw new WrongConfiguration(`${wrong.join("; ")}.`);
  const dataDir = resolve(String(config["DATA_DIR"]));
  return { ...config, DATA_DIR: dataDir, FILES_DIR: resolve(String(config["FILES_DIR"] ?? join(dataDir, "files"))) } as Config;
}

function readFlags(args: readonly string[]): { host?: string; port?: string; data?: string; role?: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false });
    if (values.help) throw new WrongConfiguration(`\n${usage}`);
    return values;
  } catch (error) {
    if (error instanceof WrongConfiguration) throw error;
    throw new WrongConfiguration(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function environmentWithFile(): Readonly<Record<string, string | undefined>> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}

/** The text of `.env.example`. */
export function writeEnvExample(): string {
  const lines = [
    "# Every setting of Svyazka with its default. Copy to .env and change what you need.",
    "# Written by `npm run write-env-example`: do not edit by hand.",
    "",
  ];
  for (const [name, variable] of Object.entries(variables)) lines.push(`# ${variable.about}`, `#${name}=${variable.example}`, "");
  return lines.join("\n");
}

/** Where the command line finds the hub: said by the environment, or read from the data directory the hub runs on. */
export function readHubAccess(dataDir: string | undefined): { url: string; token: string } {
  const environment = environmentWithFile();
  const url = environment["HUB_URL"];
  const token = environment["HUB_TOKEN"];
  if (url && token) return { url: url.replace(/\/$/, ""), token };
  const file = resolve(dataDir ?? environment["DATA_DIR"] ?? "./data", "access.json");
  if (!existsSync(file)) {
    throw new WrongConfiguration(
      `There is no ${file}: start the hub first (npm start), say where its data is (--data or DATA_DIR), or set HUB_URL and HUB_TOKEN.`,
    );
  }
  const access = JSON.parse(readFileSync(file, "utf8")) as { url: string; token: string };
  return { url: url ?? access.url, token: token ?? access.token };
}
