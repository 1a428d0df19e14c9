import { createHash } from "node:crypto";
import type { Kit } from "@svyazka/core";
import { makeTouchApi, type TouchApi } from "../client.ts";
import type { TouchConnection } from "../settings.ts";

/** One account, as the hub works with it. */

export const hookPath = "/touchapi/hook";

export const touchOf = ({ settings, secrets }: TouchConnection, kit: Pick<Kit, "fetch">): TouchApi =>
  makeTouchApi({
    ...{ url: settings.address, source: settings.source ?? "", login: settings.login ?? "", token: secrets.token ?? "" },
    send: (request) => kit.fetch(request),
  });

/** Where this account's hooks come in: nobody can guess it. */
export const hookUrlOf = (secret: string, base: string): string => `${base}/in/${secret}${hookPath}`;

/** A name in the form of a UUID (RFC 9562, version 8), the same every time. */
export function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
