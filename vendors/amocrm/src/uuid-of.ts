import { createHash } from "node:crypto";

/** A UUID made of a name: the same name always gets the same one. */
export function uuidOf(name: string): string {
  const hex = createHash("sha256").update(`svyazka ${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
