import { type Connection, emptyDirectory, type Pasted, type Setting, type Workspace } from "@svyazka/core";
import type { Hub } from "../hub.ts";
import { noMappings } from "./registry.ts";
import { type ConnectionRow, placeOf } from "./row.ts";
import { readOverlaps } from "./secrets.ts";

/**
 * What a person copies to the other side: addresses, and whole texts. A secret stands in them when it is public, or is being shown this once
 * (`shown`); in place of any other stands `{its_name}`.
 */
export function copiesOf(
  hub: Hub,
  row: ConnectionRow,
  workspace: Workspace,
  shown: Readonly<Record<string, string>> = {},
): { urls: Record<string, string>; paste: Pasted[] } {
  const vendor = hub.vendors.get(row.vendor);
  if (!vendor || row.state === "removed") return { urls: {}, paste: [] };
  const known = hub.keys.open(row.secrets, placeOf(row));
  const secrets = Object.entries(vendor.settings as Record<string, Setting>).flatMap(([name, setting]) =>
    setting.type !== "secret" ? [] : [[name, setting.public ? (known[name] ?? "") : (shown[name] ?? `{${name}}`)] as const],
  );
  const connection: Connection = {
    id: row.id,
    name: row.name,
    workspace,
    settings: row.settings,
    secrets: Object.fromEntries(secrets) as Connection["secrets"],
    directory: emptyDirectory,
    ...noMappings,
  };
  return {
    urls: { ...vendor.urls?.(connection, hub.publicUrl()) },
    paste: (vendor.paste?.(connection, hub.publicUrl()) ?? []).map(({ label, text }) => ({ label: { ...label }, text })),
  };
}

/** Names of the secrets that have a value. */
export const secretsSet = (hub: Hub, row: ConnectionRow): string[] =>
  row.state === "removed"
    ? []
    : Object.entries(readOverlaps(hub.keys.open(row.secrets, placeOf(row))).secrets).flatMap(([name, value]) =>
        value === "" ? [] : [name],
      );
