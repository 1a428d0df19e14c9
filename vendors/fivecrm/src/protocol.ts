/**
 * The public API of 5CRM as its page describes it (https://help.5crm.ru/api-dlya-integratorov/), as data and pure functions.
 * What the page leaves open — error answers, JSONP, lengths — follows the rulings L1–L16 of protocols/lead-forms.md.
 */

/** A parameter as the page declares it: `string` with or without `max`, or `integer`. */
export interface Rule {
  /** In characters, as Laravel counts them: code points. */
  readonly max?: number;
  readonly integer?: true;
}
export type Rules = ReadonlyMap<string, Rule>;

export interface Endpoint {
  readonly methods: readonly ("GET" | "POST")[];
  readonly rules: Rules;
}

const long: Rule = {};
const text: Rule = { max: 255 };
const text500: Rule = { max: 500 };
const text1000: Rule = { max: 1000 };
const integer: Rule = { integer: true };

const all = (rule: Rule, ...names: string[]): [string, Rule][] => names.map((name) => [name, rule]);
const utm = all(text, "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term");

/** f_0…f_50: the page lists f_1…f_50 and only for deals; a public PHP client posts f_0…f_49 with a form. */
export const customFieldNames: readonly string[] = Array.from({ length: 51 }, (_, number) => `f_${number}`);
const customFields = all(text, ...customFieldNames);

/** The further facts about a person that contact/add takes, as the page lists them. */
export const contactDetails = [
  "fax",
  "skype",
  "icq",
  "age",
  "vk",
  "fb",
  "linkedin",
  "map_position",
  "country",
  "city",
  "address",
  "metro",
] as const;

export const endpoints = {
  "ctm/form/send": {
    methods: ["POST", "GET"],
    rules: new Map([
      ...all(long, "url"),
      ...all(text, "email", "phone", "name", "guid", "gaid"),
      ...utm,
      ...all(integer, "sum"),
      ...all(text500, "description"),
      // Not on the page; sent by the PHP client.
      ...all(text, "utm_5crm", "keyword"),
      ...customFields,
    ]),
  },
  "public/deal/add": {
    methods: ["POST"],
    rules: new Map([
      ...all(integer, "stage_id", "funnel_id", "author_id", "manager_id", "status_id", "type_id", "source_id"),
      ...all(integer, "sum", "sum_original"),
      ...all(text, "name", "website", "comment", "gaid", "email", "phone", "client_name"),
      ...all(text500, "description"),
      ...utm,
      ...customFields,
    ]),
  },
  "public/deal/get-custom-fields": { methods: ["GET"], rules: new Map() },
  "public/contact/add": {
    methods: ["POST"],
    rules: new Map([
      ...all(text, "name", "surname", "middlename", "phone", "phone_second", "email", "email_second", "position", "website"),
      ...all(integer, "company_id", "manager_id", "author_id"),
      ...utm,
      ...all(text, "gaid", "guid", ...contactDetails),
    ]),
  },
  "public/task/add": {
    methods: ["POST"],
    rules: new Map([
      ...all(integer, "manager_id", "author_id", "type_id", "status_id", "priority_id"),
      ...all(text, "name"),
      ...all(text1000, "description"),
      ...all(long, "date_expired"),
      ...all(integer, "estimate_hour", "estimate_minute", "estimate_day"),
    ]),
  },
  "public/company/add": {
    methods: ["POST"],
    rules: new Map([...all(text, "name", "phone", "email", "city", "website"), ...all(integer, "manager_id", "author_id")]),
  },
  "public/managers/get": { methods: ["GET"], rules: new Map() },
  "public/funnels/get": { methods: ["GET"], rules: new Map() },
} as const satisfies Record<string, Endpoint>;
export type EndpointName = keyof typeof endpoints;

/** Every address an endpoint has had: the root of api.5crm.ru, and the older prefix with and without its doubled "public". */
export function pathsOf(name: EndpointName): readonly string[] {
  const old = `/crm/api_new/public/${name}`;
  const undoubled = name.startsWith("public/") ? [`/crm/api_new/${name}`] : [];
  return [`/${name}`, old, ...undoubled].flatMap((path) => [path, `${path}/`]);
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What was sent, by name, cleaned: an empty value is an absent one, as Laravel's own middleware has it. */
export interface Sent {
  readonly values: ReadonlyMap<string, string>;
  /** Names whose JSON value was an object or an array. */
  readonly nested: ReadonlySet<string>;
}
export type FieldErrors = Record<string, readonly string[]>;

/** PostgreSQL cannot keep a NUL, and UTF-8 no lone surrogate. Neither is worth a lost lead. */
export function cleanText(value: string): string {
  const whole = value.includes("\0") ? value.replaceAll("\0", "") : value;
  return (whole.isWellFormed() ? whole : whole.toWellFormed()).trim();
}

/** Cleaned, and cut to `max` UTF-16 units without splitting a character: for what no rule of the page limits. */
export function clip(value: string, max: number): string {
  const clean = cleanText(value);
  return clean.length <= max ? clean : clean.slice(0, max).replace(/[\ud800-\udbff]$/, "");
}

/** True for a whole number that a double holds exactly. */
export const isInteger = (value: string): boolean => /^[+-]?\d{1,15}$/.test(value);

/** Checks what was sent against the rules, for `public/*` (L7): every mistake is named, in Russian. */
export function readStrictly(sent: Sent, rules: Rules): FieldErrors {
  const errors: FieldErrors = {};
  for (const [name, rule] of rules) {
    const value = sent.values.get(name);
    if (value === undefined) continue;
    const error = strictError(name, value, rule, sent.nested.has(name));
    if (error !== undefined) errors[name] = [error];
  }
  return errors;
}

function strictError(name: string, value: string, rule: Rule, isNested: boolean): string | undefined {
  if (rule.integer) return isNested || !isInteger(value) ? `Поле ${name} должно быть целым числом.` : undefined;
  if (isNested) return `Поле ${name} должно быть строкой (must be a string).`;
  return rule.max !== undefined && isLonger(value, rule.max) ? `Поле ${name} не может быть длиннее ${rule.max} символов.` : undefined;
}

const isLonger = (value: string, max: number): boolean => value.length > max && [...value].length > max;

/** The text cut to its rule, for `ctm/form/send` (L7), which never refuses a lead for its length. Never splits a character. */
export function cutText(value: string, rule: Rule): string {
  return rule.max !== undefined && isLonger(value, rule.max) ? [...value].slice(0, rule.max).join("") : value;
}

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** "ans" is the string "true", never the boolean. */
export const done = '{"ans":"true"}';

/** An error answer (L1). The page shows none. */
export interface ErrorAnswer {
  readonly ans: "false";
  readonly error: string;
  readonly message: string;
  readonly errors?: FieldErrors;
}

export function writeError(error: string, message: string, errors: FieldErrors = {}): string {
  return JSON.stringify({ ans: "false", error, message, ...(Object.keys(errors).length > 0 && { errors }) } satisfies ErrorAnswer);
}

export interface Manager {
  readonly id: number | string;
  readonly name: string;
  /** Digits, without a plus (L9). */
  readonly phone: string;
  readonly email: string;
  readonly ava: string;
}
export interface Funnel {
  readonly id: number | string;
  readonly name: string;
  readonly is_default: "true" | "false";
  readonly stages: readonly { readonly id: number | string; readonly name: string; readonly order: number }[];
}
export interface CustomField {
  readonly type: string;
  readonly name: string;
  readonly field: string;
}

export const writeManagers = (managers: readonly Manager[]): string => JSON.stringify({ ans: "true", managers });
export const writeFunnels = (funnels: readonly Funnel[]): string => JSON.stringify({ ans: "true", funnels });
export const writeCustomFields = (fields: readonly CustomField[]): string => JSON.stringify({ ans: "true", fields });

/** The page shows ids as numbers; a CRM's own ids may be anything. */
export const writeId = (id: string): number | string => (/^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id);

// ── JSONP ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A name that cannot be anything but a function's name (L3). */
export const isCallbackName = (name: string): boolean => /^[A-Za-z_$][\w$.]{0,63}$/.test(name);

/** The comment in front keeps the body from being taken for a Flash file; the two separators were line ends in old JavaScript. */
export const writeJsonp = (callback: string, json: string): string =>
  `/**/${callback}(${json.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")});`;
