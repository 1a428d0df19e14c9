import { createHmac, hkdfSync } from "node:crypto";
import type { WorkspaceId } from "@svyazka/core";
import { type KeyRing, sameSecret } from "../connections/secrets.ts";

/** How long an address that was given out opens the file. */
const linkHours = 24;

/** An address that opens one file for a day, for whoever has it: players and other CRMs do not sign in. */
export function fileLink(keys: KeyRing, workspace: WorkspaceId, id: string, now: Date): string {
  // Whole hours: the same address for a while, so that browsers need not fetch it again.
  const until = (Math.floor(now.getTime() / 3_600_000) + linkHours) * 3600;
  return `/files/${workspace}/${id}?until=${until}&sign=${sign(keys, workspace, id, until)}`;
}

/** The same for ever: for a CRM that keeps the address. It opens the file for as long as we keep it. */
export const lastingFileLink = (keys: KeyRing, workspace: WorkspaceId, id: string): string =>
  `/files/${workspace}/${id}?until=${never}&sign=${sign(keys, workspace, id, never)}`;
const never = 9_999_999_999;

export const isFileLink = (keys: KeyRing, workspace: number, id: string, query: { until?: string; sign?: string }, now: Date): boolean => {
  const until = Number(query.until);
  return until * 1000 > now.getTime() && sameSecret(sign(keys, workspace, id, until), query.sign ?? "");
};

const sign = (keys: KeyRing, workspace: number, id: string, until: number): string =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", keys.master, "", "svyazka file links", 32)))
    .update(`${workspace}/${id}/${until}`)
    .digest("base64url");
