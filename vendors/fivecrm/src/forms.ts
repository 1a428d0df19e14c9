import { type Fields, type InboundRequest, Intruder, Malformed } from "@svyazka/core";
import { endpointAt, type IntakeKind, intakeAt } from "./door.ts";
import { type Lead, readLead } from "./lead.ts";
import { translate } from "./names.ts";
import { pairsIn } from "./pairs.ts";
import { isObject, isSteering, sentIn } from "./sent.ts";
import type { Site } from "./settings.ts";
import { honeypotOf, sameSecret } from "./spam.ts";

/** One submission of a form, understood, and what is left to decide about it. */
export interface Form {
  readonly kind: "lead" | IntakeKind;
  readonly lead: Lead;
  /** As sent, under our names; what the key is made of. */
  readonly values: ReadonlyMap<string, string>;
  /** The id the sender gives every lead. */
  readonly ownId?: string;
}

export type Forms = { readonly forms: readonly Form[] } | { readonly ignored: string; readonly answer?: string };

const understood = new WeakMap<InboundRequest, { site: Site; forms: Forms }>();

/** The forms a request brings, read once: limits and receive both ask. Undefined for requests that bring none. */
export function formsIn(request: InboundRequest, site: Site): Forms | undefined {
  const before = understood.get(request);
  if (before?.site === site) return before.forms;
  const forms = readForms(request, site);
  if (forms) understood.set(request, { site, forms });
  return forms;
}

function readForms(request: InboundRequest, site: Site): Forms | undefined {
  if (endpointAt.get(request.path) === "ctm/form/send") return readFormSend(request, site);
  const kind = intakeAt.get(request.path);
  if (kind === undefined) return undefined;
  if (request.form["test"] === "test" && Object.keys(request.form).length <= 2) return { ignored: "test request" };
  switch (kind) {
    case "tilda":
      return readTilda(request, site);
    case "vk":
      return readVk(request, site);
    case "google":
      return readGoogle(request, site);
    case "generic":
      return readGeneric(request, site);
  }
}

function readFormSend(request: InboundRequest, site: Site): Forms {
  const { values, nested } = sentIn(request);
  // An empty list is nothing; one with values is read as text.
  for (const name of nested) if (values.get(name) === "[]") (values as Map<string, string>).delete(name);
  return { forms: [{ kind: "lead", lead: readLead(values, request, site, honeypotOf(site)), values }] };
}

/** Field names are what the site's owner typed; the service's own are formid, formname and tranid (https://help-ru.tilda.cc/formsscript). */
function readTilda(request: InboundRequest, site: Site): Forms {
  const pairs = pairsIn(request).filter(({ name }) => name !== "public_token" && name !== "token");
  if (pairs.length === 0) return { ignored: "empty probe" };
  const tranid = pairs.find(({ name }) => name.toLowerCase() === "tranid")?.value;
  return {
    forms: [
      formOf(
        "tilda",
        pairs.filter(({ name }) => name.toLowerCase() !== "tranid"),
        request,
        site,
        tranid,
      ),
    ],
  };
}

// ── VK ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Callback API: {type, group_id, secret, object}. Everything but a lead is answered `ok` and ignored, or VK repeats it. */
function readVk(request: InboundRequest, site: Site): Forms {
  const call = jsonObject(request, "VK");
  if (site.secrets.vk_secret && !sameSecret(text(call["secret"]), site.secrets.vk_secret)) throw new Intruder("VK secret does not match");
  const type = text(call["type"]);
  if (type === "confirmation") return { ignored: "VK confirmation", answer: site.settings.vk_confirmation ?? "" };
  const object = call["object"];
  if (type !== "lead_forms_new" || !isObject(object)) return { ignored: `VK ${type ?? "call"} brings no lead` };
  const leadId = text(object["lead_id"]);
  const pairs = pairsIn({ ...request, query: {} }, { answers: answersOf(object["answers"]) });
  const tracking = pairsFrom(object, { form_id: "form_id", form_name: "form_name", user_id: "vk_user_id", ad_id: "vk_ad_id" });
  return { forms: [formOf("vk", [...pairs, ...tracking], request, site, leadId && `${text(call["group_id"]) ?? ""}/${leadId}`)] };
}

/** An answer to a question with several choices is a list. */
function answersOf(answers: unknown): unknown {
  if (!Array.isArray(answers)) return answers;
  return answers.map((entry) => (isObject(entry) ? { ...entry, answer: flatAnswer(entry["answer"]) } : entry));
}
const flatAnswer = (answer: unknown): unknown =>
  Array.isArray(answer)
    ? answer.map((choice) => (isObject(choice) ? (text(choice["value"]) ?? text(choice["key"]) ?? "") : (text(choice) ?? ""))).join(", ")
    : answer;

// ── Google ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const googleNames: Fields = {
  FULL_NAME: "name",
  FIRST_NAME: "name",
  LAST_NAME: "surname",
  EMAIL: "email",
  WORK_EMAIL: "email",
  PHONE_NUMBER: "phone",
  WORK_PHONE: "phone",
};

/** https://developers.google.com/google-ads/webhook/docs/implementation; its own sample writes `Google_key`. Unknown keys are ignored, as it asks. */
function readGoogle(request: InboundRequest, site: Site): Forms {
  const call = jsonObject(request, "Google Ads");
  if (site.secrets.google_key && !sameSecret(text(call["google_key"]) ?? text(call["Google_key"]), site.secrets.google_key))
    throw new Intruder("google_key does not match");
  if (String(call["is_test"]) === "true") return { ignored: "test lead" };
  const columns = Array.isArray(call["user_column_data"]) ? call["user_column_data"].slice(0, 200).filter(isObject) : [];
  if (columns.length === 0) return { ignored: "empty probe" };
  const pairs = columns.flatMap((column) => {
    const id = text(column["column_id"]) ?? "";
    const value = text(column["string_value"])?.trim();
    const label = text(column["column_name"]);
    return value
      ? [
          {
            name: Object.hasOwn(googleNames, id) ? (googleNames[id] ?? id) : id || (label ?? "answer"),
            ...(label !== undefined && { label }),
            value,
          },
        ]
      : [];
  });
  const tracking = pairsFrom(call, {
    form_id: "form_id",
    gcl_id: "gclid",
    campaign_id: "google_campaign_id",
    adgroup_id: "google_adgroup_id",
    creative_id: "google_creative_id",
  });
  return { forms: [formOf("google", [...pairs, ...tracking], request, site, text(call["lead_id"]))] };
}

function pairsFrom(object: Readonly<Record<string, unknown>>, names: Fields): { name: string; value: string }[] {
  return Object.entries(names).flatMap(([theirs, ours]) => {
    const value = text(object[theirs]);
    return value ? [{ name: ours, value }] : [];
  });
}

// ── Any form ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Ids that senders of the field give a lead: an exchange, Gravity Forms, Calltouch, and those who copy Google or Tilda. */
const ownIdNames = new Set(["lead_id", "leadid", "tranid", "request_id", "requestid", "callid", "submission_id", "entry_id"]);

function readGeneric(request: InboundRequest, site: Site): Forms {
  const items = Array.isArray(request.json) ? request.json.filter(isObject).slice(0, 100) : [request.json];
  const forms = items.map((item) => readGenericItem(request, item, site)).filter((form) => form !== undefined);
  return forms.length === 0 ? { ignored: "empty probe" } : { forms };
}

function readGenericItem(request: InboundRequest, item: unknown, site: Site): Form | undefined {
  const pairs = pairsIn(request, item);
  if (!pairs.some(({ name }) => !isSteering(name))) return undefined;
  const isExchange = pairs.some(({ name }) => name === "PhoneNumbers");
  const id = pairs.find(({ name }) => ownIdNames.has(name.toLowerCase()) || (isExchange && name === "Id"))?.value;
  const form = formOf("generic", pairs, request, site);
  // Somebody's "lead_id" may be a constant of the page: with the person beside it, nobody else's lead is taken for a repeat.
  const person = form.lead.person.phones[0]?.e164 ?? form.lead.person.emails[0] ?? "";
  return id === undefined ? form : { ...form, ownId: `${id} ${person}` };
}

function formOf(kind: IntakeKind, pairs: Parameters<typeof translate>[0], request: InboundRequest, site: Site, ownId?: string): Form {
  const values = translate(pairs, site.fieldMapping);
  return { kind, lead: readLead(values, request, site, honeypotOf(site)), values, ...(ownId !== undefined && { ownId }) };
}

function jsonObject(request: InboundRequest, sender: string): Readonly<Record<string, unknown>> {
  if (isObject(request.json)) return request.json;
  throw new Malformed(`${sender} присылает JSON, а тело запроса им не является.`, { body: ["Нужен объект JSON."] });
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
