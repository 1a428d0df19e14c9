import { lastTenDigits, type OwnChannels, readEmail } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { ChannelRow } from "../channels.ts";
import type { Part } from "../page.ts";
import type { Sql } from "../sql.ts";

/** Parts the rows of one owner by kind. */
export function ownChannels(rows: readonly ChannelRow[]): OwnChannels {
  const of = (kind: ChannelRow["kind"]) => rows.filter((channel) => channel.kind === kind);
  return {
    phones: of("phone").map(({ value, label, served_label, e164 }) => ({ value, label, servedLabel: served_label, e164 })),
    emails: of("email").map(({ value, label, served_label }) => ({ value, label, servedLabel: served_label })),
    messengers: of("messenger").map(({ value, label, served_label, network }) => ({
      value,
      label,
      servedLabel: served_label,
      network: network ?? "",
    })),
  };
}

interface ChannelFilter {
  readonly phones?: readonly string[] | undefined;
  readonly emails?: readonly string[] | undefined;
}

/** The conditions on `r`: few rows, found first and then read by their keys. A phone is compared by its last ten digits. */
export function hasChannels({ workspace }: Sql, entity: "contact" | "company", { phones, emails }: ChannelFilter): Part[] {
  const owners = (matches: Part): Part =>
    raw`r.id = any(array(select ch.${raw.ref(entity)} from crm.channel ch where ch.workspace = ${workspace} and ${matches} and ch.${raw.ref(entity)} is not null))`;
  return [
    ...(phones ? [owners(raw`ch.last10 = any(${phones.map(lastTenDigits).filter((digits) => digits !== "")}::text[])`)] : []),
    ...(emails ? [owners(raw`ch.email_lower = any(${emails.map((text) => readEmail(text) ?? text.trim().toLowerCase())}::text[])`)] : []),
  ];
}
