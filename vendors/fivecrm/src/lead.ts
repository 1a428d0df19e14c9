import {
  type Consent,
  type InboundRequest,
  type Money,
  type Person,
  type Phone,
  readEmail,
  readMoney,
  readPhones,
  type SubmittedLead,
} from "@svyazka/core";
import { isAttribution, readAttribution, senderOf } from "./attribution.ts";
import { clip, customFieldNames, cutText, endpoints, isInteger, type Rules } from "./protocol.ts";
import { isSteering } from "./sent.ts";
import { countryOf, type Site, say } from "./settings.ts";

type Values = ReadonlyMap<string, string>;

/** A form's data, understood, before anything depends on the time. */
export interface Lead {
  readonly person: Person;
  readonly title?: string;
  readonly text?: string;
  readonly sum?: Money;
  readonly form: SubmittedLead["form"];
  readonly attribution: SubmittedLead["attribution"];
  readonly ticks: Readonly<Record<string, boolean>>;
  /** The version of the consent text the page showed, if the page said. */
  readonly consentVersion?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly extras: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

const rules: Rules = endpoints["ctm/form/send"].rules;
/** Names this file reads beside those of the page: what the intakes translate other senders' names to. */
const further = ["surname", "middlename", "title", "form_id", "form_name"];
/** What a name may be mapped to and mean itself; anything else is the code of a custom field. */
export const standardNames: ReadonlySet<string> = new Set([...rules.keys(), ...further].filter((name) => !/^f_\d/.test(name)));
const custom: ReadonlySet<string> = new Set(customFieldNames);

/** Longest value kept of a field that no rule limits. */
const extraRule = { max: 2000 };
const maxExtras = 200;

/** Reads a form leniently (L7): nothing is refused for its shape; what does not fit is cut, kept as text, and flagged. */
export function readLead(sent: Values, request: InboundRequest, site: Site, honeypot?: string): Lead {
  const flags: string[] = [];
  const texts: string[] = [];
  const values = cutToRules(applyMapping(sent, site), site, flags);
  const person = readPerson(values, site, flags);
  const sum = readSum(values.get("sum"), site, flags, texts);
  const { attribution, page } = readAttribution(values, request);
  const description = values.get("description");
  if (description !== undefined) texts.unshift(description);
  const formId = values.get("form_id");
  const formName = values.get("form_name");
  const title = values.get("title");
  const consentVersion = values.get("consent_version");
  const { fields, extras, ticks } = readRest(values, person, site, honeypot);
  return {
    person,
    ...(title !== undefined && { title }),
    ...(texts.length > 0 && { text: texts.join("\n") }),
    ...(sum && { sum }),
    form: {
      ...(formId !== undefined && { id: formId }),
      ...(formName !== undefined && { name: formName }),
      ...(page !== undefined && { page: clip(page, 2048) }),
    },
    attribution,
    ticks,
    ...(consentVersion !== undefined && { consentVersion }),
    fields,
    extras,
    flags,
  };
}

/** What a person mapped by hand wins over every name. Mapped to `-`: thrown away. */
function applyMapping(sent: Values, site: Site): Values {
  const mapping = site.fieldMapping;
  let mapped: Map<string, string> | undefined;
  for (const [name, value] of sent) {
    const target = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
    if (!target || target === name) continue;
    mapped ??= new Map(sent);
    mapped.delete(name);
    if (target !== "-") mapped.set(standardNames.has(target) ? target : `${codePrefix}${target}`, value);
  }
  return mapped ?? sent;
}
/** Marks a value whose name is already the code of a custom field. A NUL never comes in a name that was sent. */
const codePrefix = "\0";

function cutToRules(values: Values, site: Site, flags: string[]): Values {
  let result: Map<string, string> | undefined;
  for (const [name, value] of values) {
    // The shortest limit is 255.
    if (value.length <= 255 || name === "phone") continue;
    const rule = rules.get(name) ?? extraRule;
    const cut = cutText(value, rule);
    if (cut === value) continue;
    result ??= new Map(values);
    result.set(name, cut);
    flags.push(
      say(
        site,
        `поле ${name} обрезано до ${rule.max} символов, целиком оно в журнале`,
        `field ${name} was cut to ${rule.max} characters; the journal has it whole`,
      ),
    );
  }
  return result ?? values;
}

function readPerson(values: Values, site: Site, flags: string[]): Person {
  const name = values.get("name");
  const surname = values.get("surname");
  const middlename = values.get("middlename");
  const phones = readTypedPhones(values.get("phone"), site);
  if (phones.length > 0 && !phones.some((phone) => phone.e164 !== undefined)) {
    flags.push(say(site, "телефон не похож на настоящий, сохранён как текст", "phone is not valid, kept as text"));
  }
  const typed =
    values
      .get("email")
      ?.split(/[,;\s]+/)
      .filter((part) => part !== "") ?? [];
  const emails = typed.filter((part) => readEmail(part) !== undefined);
  if (emails.length < typed.length)
    flags.push(say(site, "e-mail не похож на настоящий, сохранён как текст", "e-mail is not valid, kept as text"));
  return {
    ...(name !== undefined && { name }),
    ...(surname !== undefined && { surname }),
    ...(middlename !== undefined && { middlename }),
    phones,
    emails,
  };
}

/** Every phone in the text; text without a digit is kept as a phone nobody can dial rather than lost (L8). */
export function readTypedPhones(text: string | undefined, site: Site): Phone[] {
  if (text === undefined) return [];
  const phones = readPhones(clip(text, 1000), countryOf(site));
  return phones.length > 0 ? phones.slice(0, 10) : [{ typed: clip(text, 255) }];
}

function readSum(text: string | undefined, site: Site, flags: string[], texts: string[]): Money | undefined {
  if (text === undefined) return undefined;
  const sum = readMoney(isInteger(text) ? text.replace("+", "") : text, site.workspace.currency);
  if (sum === undefined) {
    texts.push(say(site, `Сумма: ${text}`, `Sum: ${text}`));
    flags.push(say(site, "сумма не число, сохранена в описании", "sum is not a number, kept in the text"));
  }
  return sum;
}

interface Rest {
  readonly fields: Record<string, string>;
  readonly extras: Record<string, string>;
  readonly ticks: Record<string, boolean>;
}

/** Everything that is not the person, the text or the attribution: custom fields, consent ticks, extras. */
function readRest(values: Values, person: Person, site: Site, honeypot: string | undefined): Rest {
  const rest: Rest = { fields: {}, extras: {}, ticks: {} };
  let extras = 0;
  for (const [name, value] of values) {
    if (name.startsWith(codePrefix)) rest.fields[name.slice(1)] = value;
    else if (custom.has(name)) putCustom(rest, name, value, site);
    else if (standardNames.has(name) || isAttribution(name) || isSteering(name) || name === honeypot) continue;
    else if (isConsent(name)) rest.ticks[name] = isTicked(value);
    else if (++extras <= maxExtras) rest.extras[name] = value;
  }
  const email = values.get("email");
  if (email !== undefined && person.emails.length === 0) rest.extras["email"] = email;
  return rest;
}

/** A custom field the CRM has goes to its code; one that it lacks stays under its own name. f_0 is never a field of the page. */
function putCustom(rest: Rest, name: string, value: string, site: Site): void {
  const code = name === "f_0" ? undefined : dealFieldCode(site, name);
  if (code === undefined) rest.extras[name] = value;
  else rest.fields[code] = value;
}

/** The code in the CRM of a deal's custom field `f_<n>`: by hand, else the field that carries that very code. */
export function dealFieldCode(site: Site, name: string): string | undefined {
  if (Object.hasOwn(site.fieldMapping, name)) return site.fieldMapping[name] || undefined;
  return site.directory.fields.deal.find((field) => field.code.toLowerCase() === name)?.code;
}

const isConsent = (name: string): boolean => /^(?:consent|agree|accept|privacy|policy|personal[_-]?data|pdn|soglas|согла)/i.test(name);
const unticked = new Set(["0", "false", "no", "off", "нет", "n", "не согласен", "не согласна"]);
const isTicked = (value: string): boolean => !unticked.has(value.toLowerCase());

/** Nobody to answer and nothing to read (L8). */
export function isEmptyLead({ person, text, extras }: Lead): boolean {
  const hasPerson = person.name !== undefined || person.surname !== undefined || person.phones.length > 0 || person.emails.length > 0;
  return !hasPerson && text === undefined && extras["email"] === undefined;
}

/** The lead as an event's data, at the moment it came. */
export function submittedLead(lead: Lead, request: InboundRequest, site: Site, now: Date): SubmittedLead {
  const { ticks, consentVersion, ...rest } = lead;
  const consent = consentOf(lead, request, site, now);
  const { repeat, repeat_days: days, pipeline, stage, responsible } = site.settings;
  return {
    ...rest,
    ...mappedOf(lead, site),
    ...(consent && { consent }),
    sender: senderOf(request),
    handling: { repeat, days, ...(pipeline && { pipeline }), ...(stage && { stage }), responsible },
  };
}

/** Which custom fields are filled because a person said so. */
function mappedOf({ fields }: Lead, { fieldMapping }: Site): { readonly mapped?: Readonly<Record<string, string>> } {
  const mapped = Object.entries(fieldMapping).filter(([, ours]) => Object.hasOwn(fields, ours));
  return mapped.length === 0 ? {} : { mapped: Object.fromEntries(mapped) };
}

/** Version, text as it was, time, IP, page and ticks (§8). The text is only ours to quote when the page showed our version. */
function consentOf({ ticks, consentVersion, form }: Lead, request: InboundRequest, site: Site, now: Date): Consent | undefined {
  for (const _ in ticks) {
    const own = site.settings.consent_version || undefined;
    const text = consentVersion === undefined || consentVersion === own ? site.settings.consent_text : undefined;
    return {
      version: consentVersion ?? own ?? "",
      ...(text && { text }),
      at: now.toISOString(),
      ...(request.ip !== "" && { ip: request.ip }),
      ...(form.page !== undefined && { page: form.page }),
      ticks,
    };
  }
  return undefined;
}
