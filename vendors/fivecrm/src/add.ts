import {
  type InboundRequest,
  Malformed,
  type Money,
  type Person,
  type Phone,
  type Received,
  readEmail,
  readMoney,
  readWhen,
  type SubmittedCompany,
  type SubmittedContact,
  type SubmittedDeal,
  type SubmittedTask,
} from "@svyazka/core";
import { isAttribution, readAttribution, senderOf } from "./attribution.ts";
import { dealFieldCode, readTypedPhones } from "./lead.ts";
import { clip, contactDetails, customFieldNames, endpoints, type FieldErrors, isInteger, readStrictly, type Sent } from "./protocol.ts";
import { factKey, subjectOf } from "./repeats.ts";
import { answerDone } from "./replies.ts";
import { isSteering, sentIn } from "./sent.ts";
import { type Site, say } from "./settings.ts";

type Values = ReadonlyMap<string, string>;

/** `public/*` is for programs: it is strict (L7), and says everything that is wrong at once. */
type AddEndpoint = "public/deal/add" | "public/contact/add" | "public/company/add" | "public/task/add";

export function receiveDeal(request: InboundRequest, site: Site): Received {
  const { values } = readSent("public/deal/add", request, site);
  const stage = values.get("stage_id");
  const pipeline = values.get("funnel_id") ?? (stage === undefined ? undefined : pipelineOf(site, stage));
  const flags: string[] = [];
  const person = readPerson(values, site, flags, { name: "client_name", phones: ["phone"], emails: ["email"] });
  const isNamed = person.name !== undefined || person.phones.length > 0 || person.emails.length > 0;
  const { fields, extras } = customAndExtras(values, site);
  const source = knownId(values.get("source_id"), site.directory.sources, extras, "source_id");
  const data: SubmittedDeal = {
    ...(isNamed && { person }),
    ...given("name", values.get("name")),
    ...given("sum", money(values.get("sum"), site)),
    ...given("originalSum", money(values.get("sum_original"), site)),
    ...given("pipeline", recordId(pipeline)),
    ...given("stage", recordId(stage)),
    ...given("responsible", recordId(values.get("manager_id"))),
    ...given("author", recordId(values.get("author_id"))),
    ...given("source", source),
    ...given("text", values.get("description")),
    fields,
    extras,
    attribution: readAttribution(values, request).attribution,
    flags,
    sender: senderOf(request),
  };
  const key = factKey("deal", request, values, person);
  return { facts: [{ type: "deal.submitted", ...key, subject: subjectOf(person, key.key), data }], reply: answerDone(request) };
}

export function receiveContact(request: InboundRequest, site: Site): Received {
  const { values } = readSent("public/contact/add", request, site);
  const flags: string[] = [];
  const person = readPerson(values, site, flags, { name: "name", phones: ["phone", "phone_second"], emails: ["email", "email_second"] });
  const data: SubmittedContact = {
    person,
    ...given("position", values.get("position")),
    ...given("website", values.get("website")),
    ...given("company", recordId(values.get("company_id"))),
    ...given("responsible", recordId(values.get("manager_id"))),
    ...given("author", recordId(values.get("author_id"))),
    details: contactDetailsOf(values, site),
    attribution: readAttribution(values, request).attribution,
    flags,
    sender: senderOf(request),
  };
  const key = factKey("contact", request, values, person);
  return { facts: [{ type: "contact.submitted", ...key, subject: subjectOf(person, key.key), data }], reply: answerDone(request) };
}

const isContactDetail = (name: string): boolean => (contactDetails as readonly string[]).includes(name);

function contactDetailsOf(values: Values, site: Site): Record<string, string> {
  const details: Record<string, string> = {};
  for (const [name, value] of values) {
    const isDetail =
      isContactDetail(name) || (!endpoints["public/contact/add"].rules.has(name) && !isAttribution(name) && !isSteering(name));
    if (isDetail) details[(Object.hasOwn(site.fieldMapping, name) && site.fieldMapping[name]) || name] = clip(value, 2000);
  }
  return details;
}

export function receiveCompany(request: InboundRequest, site: Site): Received {
  const { values } = readSent("public/company/add", request, site);
  const name = values.get("name");
  const { phones, emails } = readPerson(values, site, [], { name: "", phones: ["phone"], emails: ["email"] });
  const data: SubmittedCompany = {
    ...given("name", name),
    phones,
    emails,
    ...given("city", values.get("city")),
    ...given("website", values.get("website")),
    ...given("responsible", recordId(values.get("manager_id"))),
    ...given("author", recordId(values.get("author_id"))),
    sender: senderOf(request),
  };
  const key = factKey("company", request, values, { phones, emails });
  // A company is found by its name, so it is the name that must not be handled twice at once.
  const subject = name === undefined ? key.key : `company:${name.toLowerCase()}`;
  return { facts: [{ type: "company.submitted", ...key, subject, data }], reply: answerDone(request) };
}

export function receiveTask(request: InboundRequest, site: Site): Received {
  const { values } = readSent("public/task/add", request, site);
  const extras: Record<string, string> = {};
  for (const name of ["status_id", "priority_id"]) if (values.has(name)) extras[name] = values.get(name) ?? "";
  const due = values.get("date_expired");
  const data: SubmittedTask = {
    ...given("name", values.get("name")),
    ...given("text", values.get("description")),
    ...given("type", knownId(values.get("type_id"), site.directory.taskTypes, extras, "type_id")),
    ...given("responsible", recordId(values.get("manager_id"))),
    ...given("author", recordId(values.get("author_id"))),
    ...given("due", due === undefined ? undefined : readWhen(due, site.workspace.timeZone)),
    ...given("estimateMinutes", estimate(values)),
    extras,
    sender: senderOf(request),
  };
  const key = factKey("task", request, values, undefined);
  return { facts: [{ type: "task.submitted", ...key, subject: key.key, data }], reply: answerDone(request) };
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function readSent(name: AddEndpoint, request: InboundRequest, site: Site): Sent {
  const sent = sentIn(request);
  const errors = { ...readStrictly(sent, endpoints[name].rules) };
  for (const field of Object.keys(errors)) {
    if (!sent.nested.has(field) && isKnownId(sent.values.get(field), field, site)) delete errors[field];
  }
  const check = (field: string, error: string | undefined): void => {
    if (error !== undefined && errors[field] === undefined) errors[field] = [error];
  };
  const { values } = sent;
  for (const field of ["manager_id", "author_id"]) check(field, unknownUser(values.get(field), field, site));
  if (name === "public/deal/add") for (const [field, error] of Object.entries(stageErrors(values, site))) check(field, error[0]);
  if (name === "public/task/add") for (const [field, error] of Object.entries(taskErrors(values, site))) check(field, error[0]);
  if (Object.keys(errors).length > 0) throw new Malformed(`Проверьте поля: ${Object.keys(errors).join(", ")}.`, errors);
  return sent;
}

/** The page has integers, but the CRM behind may have ids of another kind (`C1:NEW`): what the lists gave out is taken back. */
function isKnownId(value: string | undefined, field: string, { directory }: Site): boolean {
  const has = (records: readonly { readonly id: string }[]): boolean => records.some(({ id }) => id === value);
  switch (field) {
    case "manager_id":
    case "author_id":
      return has(directory.users);
    case "funnel_id":
      return has(directory.pipelines);
    case "stage_id":
      return directory.pipelines.some((pipeline) => has(pipeline.stages));
    default:
      return false;
  }
}

/** As long as the hub has not seen the CRM's own lists, every id passes: refusing then would lose data for no reason. */
function unknownUser(id: string | undefined, field: string, { directory: { users } }: Site): string | undefined {
  if (id === undefined || users.length === 0 || users.some((user) => user.id === recordId(id))) return undefined;
  return `${field}: сотрудника ${id} нет. Список сотрудников: public/managers/get.`;
}

function stageErrors(values: Values, { directory: { pipelines } }: Site): FieldErrors {
  if (pipelines.length === 0) return {};
  const [funnelId, stageId] = [recordId(values.get("funnel_id")), recordId(values.get("stage_id"))];
  const funnel = pipelines.find((pipeline) => pipeline.id === funnelId);
  if (funnelId !== undefined && !funnel) return { funnel_id: [`funnel_id: воронки ${funnelId} нет. Список воронок: public/funnels/get.`] };
  if (stageId === undefined) return {};
  const isStageOf = (pipeline: (typeof pipelines)[number]): boolean => pipeline.stages.some((stage) => stage.id === stageId);
  if (!pipelines.some(isStageOf)) return { stage_id: [`stage_id: этапа ${stageId} нет. Список этапов: public/funnels/get.`] };
  return funnel && !isStageOf(funnel) ? { stage_id: [`stage_id: этап ${stageId} относится к другой воронке, не к ${funnelId}.`] } : {};
}

function taskErrors(values: Values, site: Site): FieldErrors {
  const errors: Record<string, string[]> = {};
  const due = values.get("date_expired");
  if (due !== undefined && readWhen(due, site.workspace.timeZone) === undefined) {
    errors["date_expired"] = ["date_expired: не дата. Подходит 2026-01-31, 2026-01-31 18:00, 31.01.2026 18:00, 2026-01-31T18:00:00+03:00."];
  }
  for (const name of ["estimate_day", "estimate_hour", "estimate_minute"]) {
    const value = values.get(name);
    if (value !== undefined && !(Number(value) >= 0 && Number(value) <= 1_000_000))
      errors[name] = [`Поле ${name} должно быть целым числом от 0 до 1000000.`];
  }
  return errors;
}

// ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A property that is absent rather than undefined. */
const given = <N extends string, V>(name: N, value: V | undefined): { [K in N]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [K in N]?: V });

/** `007` and `+7` name the record 7; what is not a number is an id the directory has (see `isKnownId`). */
const recordId = (value: string | undefined): string | undefined =>
  value === undefined || !isInteger(value) ? value : String(Number(value));

const pipelineOf = (site: Site, stage: string): string | undefined =>
  site.directory.pipelines.find((pipeline) => pipeline.stages.some(({ id }) => id === recordId(stage)))?.id;

const money = (value: string | undefined, site: Site): Money | undefined =>
  value === undefined ? undefined : readMoney(String(Number(value)), site.workspace.currency);

/** A day counts 24 hours: the page does not say how long its working day is, and this can be turned back. */
function estimate(values: Values): number | undefined {
  const [days, hours, minutes] = ["estimate_day", "estimate_hour", "estimate_minute"].map((name) => values.get(name));
  if (days === undefined && hours === undefined && minutes === undefined) return undefined;
  return Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0);
}

/** An id the CRM knows; any other stays beside the record as the sender's own number, because nothing says that the numbers are ours (L10 names only stages, funnels and managers). */
function knownId(
  value: string | undefined,
  known: readonly { readonly id: string }[],
  extras: Record<string, string>,
  name: string,
): string | undefined {
  const id = recordId(value);
  if (id === undefined || known.some((entry) => entry.id === id)) return id;
  extras[name] = id;
  return undefined;
}

function readPerson(
  values: Values,
  site: Site,
  flags: string[],
  names: { name: string; phones: readonly string[]; emails: readonly string[] },
): Person {
  const phones: Phone[] = names.phones.flatMap((name) => readTypedPhones(values.get(name), site));
  const typed = names.emails.map((name) => values.get(name)).filter((email) => email !== undefined);
  if (phones.some((phone) => phone.e164 === undefined))
    flags.push(say(site, "телефон не похож на настоящий, сохранён как текст", "phone is not valid, kept as text"));
  const wrong = typed.filter((email) => readEmail(email) === undefined);
  for (const email of wrong) flags.push(say(site, `e-mail не похож на настоящий: ${email}`, `e-mail is not valid: ${email}`));
  const [name, surname, middlename] = [
    values.get(names.name),
    ...(names.phones.length > 1 ? [values.get("surname"), values.get("middlename")] : []),
  ];
  return {
    ...given("name", name),
    ...given("surname", surname),
    ...given("middlename", middlename),
    phones,
    emails: typed.filter((email) => !wrong.includes(email)),
  };
}

const custom = new Set(customFieldNames);
const dealRules = endpoints["public/deal/add"].rules;
const dealExtras = new Set(["status_id", "type_id", "website", "comment"]);

/** Custom fields the CRM has, by code; the sender's other fields by their own names. */
function customAndExtras(values: Values, site: Site): { fields: Record<string, string>; extras: Record<string, string> } {
  const fields: Record<string, string> = {};
  const extras: Record<string, string> = {};
  for (const [name, value] of values) {
    const isOwn = !custom.has(name) && dealRules.has(name) && !dealExtras.has(name);
    if (isOwn || (!custom.has(name) && (isAttribution(name) || isSteering(name)))) continue;
    const code = name === "f_0" || (!custom.has(name) && !Object.hasOwn(site.fieldMapping, name)) ? undefined : dealFieldCode(site, name);
    if (code === undefined) extras[name] = clip(value, 2000);
    else fields[code] = value;
  }
  return { fields, extras };
}
