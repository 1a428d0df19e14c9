import { lastTenDigits, type Phone, readEmail, readPhone } from "@svyazka/core";

export const labels = ["work", "mobile", "home", "other"] as const;
export type ChannelLabel = (typeof labels)[number];

export interface ContactPhone {
  /** As typed. */
  readonly value: string;
  readonly label: ChannelLabel;
  /** Null when it is not a valid number: kept, and nobody is found by it. */
  readonly e164: string | null;
  readonly ext: string | null;
  /** A company's free line: nobody is recognised by it. */
  readonly tollFree: boolean;
}
export interface ContactEmail {
  readonly value: string;
  readonly label: ChannelLabel;
}
export interface ContactMessenger {
  /** telegram, whatsapp, vk, skype, … */
  readonly network: string;
  readonly value: string;
  readonly label: ChannelLabel;
}
export interface Channels {
  readonly phones: readonly ContactPhone[];
  readonly emails: readonly ContactEmail[];
  readonly messengers: readonly ContactMessenger[];
}

interface ChannelDraft {
  readonly value: string;
  readonly label?: ChannelLabel | undefined;
  /** Left out, one that is there already keeps what it has, as long as it keeps its label. */
  readonly servedLabel?: string | null | undefined;
}
export interface ChannelDrafts {
  readonly phones?: readonly ChannelDraft[] | undefined;
  readonly emails?: readonly ChannelDraft[] | undefined;
  readonly messengers?: readonly (ChannelDraft & { readonly network: string })[] | undefined;
}

/** A row of `crm.channel`, without its owner. */
export interface ChannelRow {
  readonly kind: "phone" | "email" | "messenger";
  readonly label: ChannelLabel;
  readonly network: string | null;
  readonly value: string;
  readonly e164: string | null;
  readonly last10: string | null;
  readonly email_lower: string | null;
  readonly ext: string | null;
  readonly toll_free: boolean;
  readonly position: number;
  /** What an API that we serve calls the label, in its own code. */
  readonly served_label: string | null;
}

/** Networks that a field of this name fills, when the CRM has no custom field of that code. */
export const messengerNetworks: ReadonlySet<string> = new Set([
  "telegram",
  "whatsapp",
  "viber",
  "vk",
  "ok",
  "max",
  "skype",
  "icq",
  "jabber",
  "facebook",
  "instagram",
]);

const row = (kind: ChannelRow["kind"], value: string, rest: Partial<ChannelRow> = {}): ChannelRow => ({
  kind,
  label: "work",
  network: null,
  value,
  e164: null,
  last10: null,
  email_lower: null,
  ext: null,
  toll_free: false,
  position: 0,
  served_label: null,
  ...rest,
});

export const phoneRow = (phone: Phone, label: ChannelLabel = "work"): ChannelRow =>
  row("phone", phone.typed, {
    label,
    e164: phone.e164 ?? null,
    last10: lastTenDigits(phone.e164 ?? phone.typed) || null,
    ext: phone.ext ?? null,
    toll_free: phone.tollFree ?? false,
  });
export const emailRow = (value: string, label: ChannelLabel = "work"): ChannelRow =>
  row("email", value.trim(), { label, email_lower: readEmail(value) ?? null });
export const messengerRow = (network: string, value: string, label: ChannelLabel = "work"): ChannelRow =>
  row("messenger", value.trim(), { label, network });

/** Two ways to the same ear: one of them is enough. */
export const sameChannel = (one: ChannelRow, other: ChannelRow): boolean => keyOf(one) === keyOf(other);
const keyOf = (channel: ChannelRow): string =>
  `${channel.kind} ${channel.network ?? ""} ${channel.e164 ? `${channel.e164} ${channel.ext ?? ""}` : (channel.email_lower ?? channel.value.toLowerCase())}`;

/** Without repeats, and numbered in order. */
export const numbered = (channels: readonly ChannelRow[]): ChannelRow[] =>
  channels
    .filter((channel, index) => channels.findIndex((other) => sameChannel(channel, other)) === index)
    .map((channel, position) => ({ ...channel, position: Math.min(position, 32_767) }));

/**
 * Reads what a person or program typed; what is no phone or e-mail is named by its place. `country` reads a phone without a country code. `before` are the rows that
 * the owner has by now.
 */
export function readChannels(
  drafts: ChannelDrafts,
  country: string,
  before: readonly ChannelRow[] = [],
): { rows: ChannelRow[]; problems: Record<string, string[]> } {
  const problems: Record<string, string[]> = {};
  const rows: ChannelRow[] = [];
  const add = (row: ChannelRow, { servedLabel }: ChannelDraft) => {
    const kept = before.find((other) => sameChannel(row, other) && row.label === other.label)?.served_label ?? null;
    rows.push({ ...row, served_label: servedLabel === undefined ? kept : servedLabel });
  };
  drafts.phones?.forEach((draft, index) => {
    const phone = readPhone(draft.value, country);
    if (phone) add(phoneRow(phone, draft.label), draft);
    else problems[`phones.${index}.value`] = ["is not a phone: there is no digit in it"];
  });
  drafts.emails?.forEach((draft, index) => {
    if (readEmail(draft.value) === undefined) problems[`emails.${index}.value`] = ["is not an e-mail address"];
    else add(emailRow(draft.value, draft.label), draft);
  });
  for (const draft of drafts.messengers ?? []) add(messengerRow(draft.network, draft.value, draft.label), draft);
  return { rows: numbered(rows), problems };
}

/** Parts the rows of one owner by kind, as callers see them. */
export function writeChannels(rows: readonly ChannelRow[]): Channels {
  const of = (kind: ChannelRow["kind"]) => rows.filter((channel) => channel.kind === kind);
  return {
    phones: of("phone").map(({ value, label, e164, ext, toll_free }) => ({ value, label, e164, ext, tollFree: toll_free })),
    emails: of("email").map(({ value, label }) => ({ value, label })),
    messengers: of("messenger").map(({ value, label, network }) => ({ value, label, network: network ?? "" })),
  };
}

/** The columns of `crm.channel` that `jsonb_to_recordset` reads from such rows. */
export const channelColumns = "kind, label, network, value, e164, last10, email_lower, ext, toll_free, position, served_label";
export const channelRecord =
  "(kind text, label text, network text, value text, e164 text, last10 text, email_lower text, ext text, toll_free boolean, position smallint, served_label text)";
