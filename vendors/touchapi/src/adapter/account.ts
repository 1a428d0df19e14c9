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

/** A name in the form of a UUID, the same every time. */
export const uuidOf = (name: string): string =>
  createHash("sha256")
    .update(name)
    .digest("hex")
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
