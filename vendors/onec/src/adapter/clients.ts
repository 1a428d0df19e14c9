import type { ClientRecord, KeptThere, Link } from "@svyazka/core";
import type { CompanyClient, ContactClient } from "../protocol.ts";
import { type Ground, wireId } from "./ground.ts";
import { declaredIn, isAgreed, type Payload, payloadOf } from "./payload.ts";
import { wordsIn } from "./words.ts";

/** 1.2: counterparties are made and kept up to date in 1C. */

export interface KeptClient extends KeptThere {
  /** As an order names it (1.3). */
  readonly client?: { readonly contact: ContactClient } | { readonly company: CompanyClient };
}

/** `always`: an order needs it there, whatever the settings say. */
export async function keepClient(ground: Ground, given: ClientRecord, always = false): Promise<KeptClient> {
  const { base, kit } = ground;
  const { clients } = base.settings;
  const { kind, record } = given;
  const [link] = await kit.links.of(kind, record.id);
  if (!always && (clients === "none" || (clients === "linked" && !link))) return { what: "unwanted" };
  const payload = payloadOf(kind, record, await declaredIn(kit, kind), await directoryOf(ground), base.settings.default_user || undefined);
  const words = wordsIn(base.workspace.language);
  if (payload["name"] === "") return { what: "waiting", why: words.noName };
  if (kind === "company" && payload["inn"] === "") return { what: "waiting", why: words.noInn };
  const client = clientOf(given, payload, link);
  if (isAgreed(payload, link?.known)) return { what: "same", ...about(link), client };
  const made = await ground.client().saveClient(client);
  const known = { ...link?.known, ...payload, ...(made.link !== undefined && { link: made.link }) };
  await kit.links.save({ kind, theirs: made.id_1c, ours: record.id, known });
  // 1C may have found another one than we knew: that one is meant from now on.
  if (link && link.theirs !== made.id_1c) await kit.links.remove(kind, link.theirs);
  return {
    what: link ? "updated" : "made",
    ...about({ kind, theirs: made.id_1c, ours: record.id, known }),
    client: clientOf(given, payload, { kind, theirs: made.id_1c, ours: record.id }),
  };
}

export const about = (link: Link | undefined): { readonly id?: string; readonly link?: string } =>
  link ? { id: link.theirs, ...(link.known?.["link"] && { link: link.known["link"] }) } : {};

function clientOf({ kind, record }: ClientRecord, payload: Payload, link: Link | undefined): NonNullable<KeptClient["client"]> {
  const { name = "", responsible_user_id = "", phone = "", email = "", inn = "", ...rest } = payload;
  const fields = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key.replace(/^p_/, ""), value]));
  const shared = {
    ...{ id: wireId(record.id), name, responsible_user_id: wireId(responsible_user_id) },
    ...(link && { id_1c: link.theirs }),
    ...(Object.keys(fields).length > 0 && { fields }),
  };
  if (kind === "company") return { company: { ...shared, inn } };
  return { contact: { ...shared, ...(phone !== "" && { phone }), ...(email !== "" && { email }) } };
}

/** As the CRM is now: fields and people come and go. */
export const directoryOf = async ({ kit, base }: Ground) => (await kit.crm())?.directory() ?? base.directory;
