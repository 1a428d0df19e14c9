import { Invalid } from "./errors.ts";

/** Throws `Invalid` when some text, anywhere in `value`, holds a NUL: PostgreSQL cannot store it. */
export function refuseNul(value: unknown, path = ""): void {
  if (typeof value === "string") {
    if (value.includes("\u0000")) throw new Invalid({ [path]: ["must not hold the character U+0000"] });
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      refuseNul(item, path === "" ? String(index) : `${path}.${index}`);
    });
  } else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [name, member] of Object.entries(value)) {
      refuseNul(name, path === "" ? "body" : path);
      refuseNul(member, path === "" ? name : `${path}.${name}`);
    }
  }
}

/** The same value without what PostgreSQL cannot store: NUL is dropped, half a surrogate pair becomes U+FFFD. A lead must not be lost for it. */
export function storable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("\u0000", "").toWellFormed() as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [storable(name), storable(member)])) as T;
  }
  return value;
}
