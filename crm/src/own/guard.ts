import type { OwnCrm } from "@svyazka/core";
import { Invalid, NotFound } from "../errors.ts";

/**
 * What our own API checks by its contract, a vendor may pass on as it came: nothing that PostgreSQL cannot hold, and nothing that is larger than what people may type, gets past
 * here. Whoever calls is told `Invalid`, with the place.
 */

/** Members that hold whatever a program likes. */
const free: ReadonlySet<string> = new Set(["values", "params", "metadata", "served", "attribution", "content"]);
const deepest = 50;
const longestFree = 65_535;
const mostItems = 10_000;
/** Characters, by the name of the member; of every other, `usual`. */
const usual = 500;
const longest: Readonly<Record<string, number>> = {
  ...{ text: 65_535, result: 65_535, title: 1_000, website: 2_000, address: 2_000, url: 2_000 },
  ...{
    value: 255,
    code: 64,
    inn: 20,
    kpp: 20,
    q: 200,
    uid: 200,
    uids: 200,
    key: 300,
    email: 254,
    network: 32,
    phone: 64,
    avatar: 2_000,
    link: 2_000,
    external: 255,
  },
};
/** What stands in columns of four bytes. */
const small: ReadonlySet<string> = new Set(["position", "talkSeconds", "durationSeconds", "estimateSeconds"]);
/** What may be a part of a whole. */
const divisible: ReadonlySet<string> = new Set(["quantity"]);
const largestSmall = 2_147_483_647;

interface Place {
  readonly path: string;
  readonly name: string;
  readonly isFree: boolean;
  readonly depth: number;
}

/** The same value, with half a surrogate pair as U+FFFD, as in every encoding to UTF-8. Throws `Invalid`. */
function checked(value: unknown, at: Place): unknown {
  const refuse = (problem: string): never => {
    throw new Invalid({ [at.path || "body"]: [problem] });
  };
  if (at.depth > deepest) return refuse("is too deep");
  if (typeof value === "string") {
    if (value.includes("\u0000")) refuse("must not hold the character U+0000");
    const most = at.isFree ? longestFree : (longest[at.name] ?? usual);
    if (value.length > most) refuse(`must have at most ${most} characters`);
    if (at.name === "currency" && !/^[A-Z]{3}$/.test(value)) refuse("must be a currency: RUB, USD, …");
    return value.toWellFormed();
  }
  if (typeof value === "number") {
    if (!(at.isFree || divisible.has(at.name) ? Number.isFinite(value) : Number.isSafeInteger(value)))
      refuse(divisible.has(at.name) ? "must be a number" : "must be a whole number");
    if (small.has(at.name) && Math.abs(value) > largestSmall) refuse("is too large");
    return value;
  }
  if (value instanceof Date) {
    const year = Number.isNaN(value.getTime()) ? 0 : value.getUTCFullYear();
    return value.getTime() >= 0 && year <= 9999 ? value : refuse("must be a moment between 1970 and 9999");
  }
  if (Array.isArray(value)) {
    if (value.length > mostItems) refuse(`must have at most ${mostItems} items`);
    return value.map((item, index) =>
      checked(item, { ...at, path: at.path === "" ? String(index) : `${at.path}.${index}`, depth: at.depth + 1 }),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isFree = at.isFree || free.has(name);
      const path = at.path === "" ? name : `${at.path}.${name}`;
      const inside = checked(member, { path, name, isFree, depth: at.depth + 1 });
      if (isFree && !at.isFree && JSON.stringify(inside ?? null).length > longestFree) throw new Invalid({ [path]: ["is too long"] });
      return [checked(name, { ...at, name: "", path }), inside];
    }),
  );
}

const top: Place = { path: "", name: "", isFree: false, depth: 0 };

/** A number alone is an id: one that cannot be any is nobody's. */
const argument = (noun: string, value: unknown): unknown => {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new NotFound(noun, value);
  return checked(value, top);
};

type Any = (...args: unknown[]) => unknown;

const guardedCall =
  (noun: string, call: Any): Any =>
  // Whatever is refused is refused as a promise, as everything that is called here is.
  async (...args) =>
    call(...args.map((value) => argument(noun, value)));

/** The same, taking nothing that cannot be kept. */
export function guarded(crm: OwnCrm): OwnCrm {
  const { user, transaction, ...members } = crm;
  const each = Object.entries(members).map(([name, member]): [string, unknown] => [
    name,
    typeof member === "function"
      ? guardedCall(name, member as Any)
      : Object.fromEntries(Object.entries(member).map(([verb, call]) => [verb, guardedCall(name, call as Any)])),
  ]);
  return { user, transaction, ...Object.fromEntries(each) } as OwnCrm;
}
