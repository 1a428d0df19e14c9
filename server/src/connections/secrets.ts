import { createCipheriv, createDecipheriv, createHash, hash, hkdfSync, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretSetting } from "@svyazka/core";
import { type Config, WrongConfiguration } from "../config.ts";

/** Encrypts secrets at rest: AES-256-GCM, bound to the place they are kept in, with the id of the key in front so that keys can change. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly currentId: string;
  /** For deriving what is not stored: the operator's token, passwords of database roles. */
  readonly master: Buffer;

  constructor(current: Buffer, older: readonly Buffer[] = []) {
    this.master = current;
    this.#keys = new Map([...older, current].map((key) => [keyId(key), Buffer.from(hkdfSync("sha256", key, "", "svyazka secrets", 32))]));
    this.currentId = keyId(current);
  }

  /** `place` says whose secrets these are: a text moved to another place does not open. */
  seal(secrets: Readonly<Record<string, string>>, place: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key(this.currentId), iv);
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `${this.currentId}.${iv.toString("base64url")}.${sealed.toString("base64url")}`;
  }

  open(text: string, place: string): Record<string, string> {
    if (text === "") return {};
    const [id = "", iv = "", sealed = ""] = text.split(".");
    const bytes = Buffer.from(sealed, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", this.#key(id), Buffer.from(iv, "base64url"));
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-16));
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8")) as Record<
      string,
      string
    >;
  }

  /** The operator's token: the same for every process that has the key, kept nowhere but in the data directory. */
  get operatorToken(): string {
    return `svo_${Buffer.from(hkdfSync("sha256", this.master, "", "svyazka operator token", 24)).toString("base64url")}`;
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (!key)
      throw new WrongConfiguration(
        `Secrets were encrypted with the key ${id}, which is not here: set MASTER_KEY (or MASTER_KEY_OLD) to it.`,
      );
    return key;
  }
}

const keyId = (key: Buffer): string => createHash("sha256").update(key).digest("base64url").slice(0, 8);

/** The keys from the configuration, or the one kept in the data directory, made on the first start. */
export function loadKeyRing(config: Config): KeyRing {
  const older = config.MASTER_KEY_OLD === undefined ? [] : [readKey(config.MASTER_KEY_OLD, "MASTER_KEY_OLD")];
  if (config.MASTER_KEY !== undefined) return new KeyRing(readKey(config.MASTER_KEY, "MASTER_KEY"), older);
  const file = join(config.DATA_DIR, "master.key");
  try {
    writeFileSync(file, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return new KeyRing(readKey(readFileSync(file, "utf8").trim(), file), older);
}

function readKey(text: string, name: string): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length !== 32) throw new WrongConfiguration(`${name} must be 32 bytes in base64, for example from: openssl rand -base64 32.`);
  return key;
}

/** As its setting wants it. */
export const makeSecret = ({ shape }: SecretSetting): string =>
  shape === "whsec" ? `whsec_${randomBytes(32).toString("base64")}` : shape === "uuid" ? randomUUID() : newToken();

const beforeMark = " before";

/** A secret that was rotated, to be kept beside the new one for so many hours. */
export const overlapOf = (name: string, secret: string, hours: number): Record<string, string> => ({
  [name + beforeMark]: `${Date.now() + hours * 3_600_000} ${secret}`,
});

/** The secrets of a connection as they are, and those before them that are still used. */
export function readOverlaps(stored: Readonly<Record<string, string>>): {
  secrets: Record<string, string>;
  before: Record<string, { secret: string; until: Date }>;
} {
  const secrets: Record<string, string> = {};
  const before: Record<string, { secret: string; until: Date }> = {};
  for (const [name, value] of Object.entries(stored)) {
    if (!name.endsWith(beforeMark)) secrets[name] = value;
    else
      before[name.slice(0, -beforeMark.length)] = {
        secret: value.slice(value.indexOf(" ") + 1),
        until: new Date(Number(value.split(" ")[0])),
      };
  }
  return { secrets, before };
}

/** Compared in a time that tells nothing about where two texts differ. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => hash("sha256", text, "buffer");

/** What is stored in place of a token. */
export const hashToken = (token: string): string => digest(token).toString("hex");

/** 192 bits, safe in addresses and in page code. */
export const newToken = (prefix = ""): string => prefix + randomBytes(24).toString("base64url").replace(/[-_]/g, "x");
