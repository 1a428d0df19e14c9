import { hash } from "node:crypto";
import { type InboundRequest, type Person, readEmail } from "@svyazka/core";
import { cleanText } from "./protocol.ts";
import { isSteering } from "./sent.ts";

/** How long an id of the sender's own stands for one fact (§6.1), and how long equal data does (§6.2). */
const idSeconds = 72 * 3600;
const sameDataSeconds = 300;

export interface FactKey {
  readonly key: string;
  readonly keySeconds: number;
}

/** What a program writes when it has no id: never a key, or everything that came after would be taken for a repeat. */
const nothing = new Set(["", "undefined", "null", "none", "nan", "false", "true", "0", "[object object]"]);

/** The id if it is one. */
export function usableId(id: string | undefined): string | undefined {
  const bare = id === undefined ? undefined : cleanText(id);
  if (bare === undefined || nothing.has(bare.toLowerCase()) || bare.includes("{{")) return undefined;
  return bare.length <= 200 ? bare : sha256(bare);
}

/** The id in the `Idempotency-Key` header or the `_request_id` field. */
const requestId = (request: InboundRequest, values: ReadonlyMap<string, string>): string | undefined =>
  usableId(request.headers["idempotency-key"]) ?? usableId(values.get("_request_id"));

/**
 * The key of the fact a request brings. `endpoint` parts endpoints from each other, whatever path they were reached by;
 * `ownId` is an id the sender is known to give, such as Google's lead_id.
 */
export function factKey(
  endpoint: string,
  request: InboundRequest,
  values: ReadonlyMap<string, string>,
  person: Person | undefined,
  ownId?: string,
): FactKey {
  const id = requestId(request, values) ?? usableId(ownId);
  if (id !== undefined) return { key: `${endpoint}:id:${id}`, keySeconds: idSeconds };
  return { key: `${endpoint}:data:${sha256(normalised(values, person))}`, keySeconds: sameDataSeconds };
}

/** The same data, however spaced, ordered or spelled: numbers by E.164, addresses in lower case. */
function normalised(values: ReadonlyMap<string, string>, person: Person | undefined): string {
  const pairs: string[] = [];
  for (const [name, value] of values) if (!isSteering(name)) pairs.push(`${name}=${normalisedValue(name, value, person)}`);
  return pairs.sort().join("\n");
}

function normalisedValue(name: string, value: string, person: Person | undefined): string {
  if (name === "phone") return person?.phones.map((phone) => (phone.e164 ?? phone.typed) + (phone.ext ?? "")).join() || value;
  if (name === "email") return value.toLowerCase();
  return unevenSpace.test(value) ? value.replaceAll(/\s+/g, " ") : value;
}

const unevenSpace = /\s\s|[^\S ]/;

const sha256 = (text: string): string => hash("sha256", text, "base64url");

/** What deliveries keep their order by, so that two leads of one person are never handled at once. */
export function subjectOf(person: Pick<Person, "phones" | "emails"> | undefined, key: string): string {
  const phone = person?.phones.find(({ e164, tollFree }) => e164 !== undefined && !tollFree)?.e164;
  if (phone !== undefined) return `phone:${phone}`;
  const email = person?.emails[0] === undefined ? undefined : readEmail(person.emails[0]);
  return email === undefined ? key : `email:${email}`;
}
