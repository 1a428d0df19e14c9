import { createHash, timingSafeEqual } from "node:crypto";
import { type InboundRequest, Malformed } from "@svyazka/core";
import { type Problem, type Read, readJson } from "../protocol.ts";
import type { OneC } from "../settings.ts";

/** What came with a call, read once. */
export interface Sent {
  readonly json: unknown;
  readonly warnings: readonly string[];
  readonly problem?: string;
}

const known = new WeakMap<InboundRequest, Sent>();

/** UTF-8, or windows-1251 where it is none, whatever the content type says; then JSON as 1C writes it. */
export function sentIn(request: InboundRequest): Sent {
  const before = known.get(request);
  if (before) return before;
  const read = readJson(textOf(request));
  const sent =
    "value" in read ? { json: read.value, warnings: read.warnings } : { json: undefined, warnings: read.warnings, problem: read.problem };
  known.set(request, sent);
  return sent;
}

function textOf({ bytes, text }: InboundRequest): string {
  if (!bytes) return text;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}

const longestPassword = 10_000;
const shortestSecret = 4;

/**
 * Passwords of a registration (2.2) as they stand among the bytes: with escapes, in another encoding, in JSON that is cut off. One that is too short to be looked for
 * everywhere, together with its name.
 */
export function writtenPasswords({ bytes }: InboundRequest): string[] {
  const text = Buffer.from(bytes ?? []).toString("latin1");
  return [...text.matchAll(/"param2"\s*:\s*/g)].flatMap(({ 0: name, index }) => {
    const start = index + name.length;
    const value = /^(?:"((?:[^"\\]|\\.)*)"?|[^\s,}"]+)/.exec(text.slice(start, start + longestPassword));
    const written = value?.[1] ?? value?.[0] ?? "";
    return written === "" ? [] : [written.length < shortestSecret ? name + (value?.[0] ?? "") : written];
  });
}

/** Throws `Malformed` with all that is to be mended. */
export function readCall<T>(
  request: InboundRequest,
  read: (json: unknown) => Read<T>,
): { readonly value: T; readonly warnings: readonly string[] } {
  const { json, problem, warnings } = sentIn(request);
  if (problem !== undefined) throw new Malformed(problem);
  const found = read(json);
  if ("problems" in found) throw malformed(found.problems);
  return { value: found.value, warnings: [...warnings, ...found.warnings.map(wordsOf)] };
}

export function malformed(problems: readonly Problem[]): Malformed {
  const fields: Record<string, string[]> = {};
  for (const { field, message } of problems) fields[field] = [...(fields[field] ?? []), message];
  return new Malformed(problems.map(wordsOf).join("; "), fields);
}

const wordsOf = ({ field, message }: Problem): string => (field === "" ? message : `${field}: ${message}`);

/** The login and password of a call; undefined when there are none. 1C may break the base64 into lines (onec.md §5). */
export function basicOf({ headers }: InboundRequest): { readonly login: string; readonly password: string } | undefined {
  const coded = /^basic\s+(.+)$/is.exec(headers["authorization"] ?? "")?.[1];
  if (coded === undefined) return undefined;
  const [, login = "", password = ""] = /^([^:]*):?(.*)$/s.exec(Buffer.from(coded.replace(/\s/g, ""), "base64").toString("utf8")) ?? [];
  return { login, password };
}

/** `none`: it came without. */
export function basicState(request: InboundRequest, { secrets }: OneC): "right" | "wrong" | "none" {
  const basic = basicOf(request);
  if (!basic) return "none";
  // Both are compared, in constant time.
  const right = [isSame(basic.login, secrets.basic_login), isSame(basic.password, secrets.basic_password)];
  return right.every(Boolean) ? "right" : "wrong";
}

const isSame = (given: string, expected: string): boolean => expected !== "" && timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

export const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22);
