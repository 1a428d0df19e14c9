import type { InboundRequest } from "@svyazka/core";
import { cleanText, clip, type Sent } from "./protocol.ts";

/** Query and body as one (L4): the body wins. Cleaned; empty values are absent. */
export function sentIn(request: InboundRequest): Sent {
  const values = new Map<string, string>();
  const nested = new Set<string>();
  for (const name in request.query) put(values, name, request.query[name]);
  if (isObject(request.json)) putJson(values, nested, request.json, request.form);
  else for (const name in request.form) put(values, name, request.form[name]);
  for (const file of request.files) put(values, cleanText(file.field) || "file", `${file.name} (${file.bytes} B)`);
  return { values, nested };
}

/** From the parsed body rather than its flattened text: there, null is an empty word and a list has no name of its own. */
function putJson(
  values: Map<string, string>,
  nested: Set<string>,
  json: Readonly<Record<string, unknown>>,
  flat: Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(json)) {
    const value = json[name];
    if (typeof value === "object" && value !== null) {
      put(values, name, flatValue(name, flat));
      nested.add(name);
    } else if (value !== null) put(values, name, String(value));
  }
}

/** `{"a":["x","y"]}` arrives flattened as `a[0]`, `a[1]`: read as `x, y`. Longer than any field may be, it is cut. */
function flatValue(name: string, flat: Readonly<Record<string, string>>): string {
  let joined = "";
  for (const key in flat) if (key === name || key.startsWith(`${name}[`)) joined += (joined === "" ? "" : ", ") + (flat[key] ?? "");
  return joined === "" ? "[]" : clip(joined, 4000);
}

function put(values: Map<string, string>, name: string, value: string | undefined): void {
  const text = value === undefined ? "" : cleanText(value);
  const clean = clip(name, 255);
  // `__proto__` as a name would vanish or do harm wherever these become an object again.
  if (text !== "" && clean !== "" && clean !== "__proto__") values.set(clean, text);
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names that steer the request and say nothing about the person; secrets among them never reach a lead. */
const steering = new Set([
  "public_token",
  "secret_token",
  "private_token",
  "token",
  "callback",
  "_",
  "_t",
  "_snippet",
  "_request_id",
  "_charset_",
  "consent_version",
  "login",
  "password",
  "pass",
  "passwd",
  "g-recaptcha-response",
  "h-captcha-response",
  "smart-token",
  "cf-turnstile-response",
  "csrf",
  "csrf_token",
  "_token",
  "_csrf",
  "_wpnonce",
  "_wpcf7",
  "_wpcf7_version",
  "_wpcf7_locale",
  "_wpcf7_unit_tag",
  "_wpcf7_container_post",
]);
export const isSteering = (name: string): boolean => steering.has(name) || steering.has(name.toLowerCase());
