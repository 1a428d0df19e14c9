import { isAttribution } from "./attribution.ts";
import { standardNames } from "./lead.ts";

/** One field of somebody else's form: the name it was sent by, and the words a person saw beside it. */
export interface Pair {
  readonly name: string;
  readonly label?: string;
  readonly value: string;
}

type Meaning =
  | "phone"
  | "email"
  | "contact"
  | "name"
  | "surname"
  | "middlename"
  | "description"
  | "sum"
  | "url"
  | "form_id"
  | "form_name"
  | "title";

/** Whole names, without case, spaces and signs. */
const wholeNames = new Map<string, Meaning>([
  ...mean(
    "name",
    "name",
    "имя",
    "фио",
    "fio",
    "fullname",
    "firstname",
    "fname",
    "yourname",
    "username",
    "clientname",
    "contactname",
    "imya",
    "naming",
    "person",
  ),
  ...mean("surname", "surname", "lastname", "lname", "фамилия", "familia", "familiya", "familyname"),
  ...mean("middlename", "middlename", "secondname", "patronymic", "patronymicname", "отчество", "otchestvo"),
  ...mean(
    "description",
    "description",
    "comment",
    "comments",
    "message",
    "text",
    "textarea",
    "question",
    "comentario",
    "note",
    "notes",
    "yourmessage",
    "msg",
    "body",
    "komment",
  ),
  ...mean("sum", "sum", "price", "amount", "total", "budget", "opportunity", "сумма", "бюджет", "стоимость"),
  ...mean("url", "url", "page", "pageurl", "sourceurl", "href", "landing", "landingpage", "requesturl", "страница"),
  ...mean("form_id", "formid", "wpcf7"),
  ...mean("form_name", "formname", "formtitle", "formsubject"),
  ...mean("title", "title", "subject", "yoursubject", "тема"),
]);

function mean(meaning: Meaning, ...names: string[]): [string, Meaning][] {
  return names.map((name) => [name, meaning]);
}

const phoneWord =
  /^(?:phone|phones|phonenumbers?|telephone|telephon|telefon|tel|mobile|mob|cell|cellphone|msisdn|whatsapp|viber|тел|телефон\p{L}*|моб|мобильн\p{L}*|номер)$/u;
const emailWord = /^(?:e|email|emails|mail|почт\p{L}*|емейл|имейл|имеил)$/u;
const nameWord = /^(?:name|имя|имени|фио|fio|зовут|представьтесь)$/u;
/** Words a person's name may stand beside: "your name", "ваше имя", "имя клиента". */
const besideName =
  /^(?:your|you|full|client|customer|user|contact|person|first|form|field|input|ваше|как|вас|и|к|вам|обращаться|клиента|контактное|полное|укажите|введите)$/u;
const textWord = /^(?:comment\p{L}*|message|комментар\p{L}*|сообщени\p{L}*|вопрос\p{L}*|пожелани\p{L}*|question)$/u;
/** Words that say a field is about something else, whatever else they say: "company phone code", "тип телефона". */
const otherWord =
  /^(?:company|organi[sz]ation|компани\p{L}*|организаци\p{L}*|id|code|код|type|тип|confirm\p{L}*|consent|agree\p{L}*|country|страна|order|заказ\p{L}*|date|time|дата|время|договора?|file|product|count|index)$/u;

/** What a field means, by its name: undefined when the name says nothing. */
export function meaningOf(name: string): Meaning | undefined {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replaceAll("ё", "е")
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
  const whole = wholeNames.get(words.join(""));
  if (whole !== undefined) return whole;
  if (words.length === 0 || words.some((word) => otherWord.test(word))) return undefined;
  const isPhone = words.some((word) => phoneWord.test(word)) && !(words.length === 1 && words[0] === "номер" && name.length > 6);
  const isEmail = words.some((word) => emailWord.test(word) && (word !== "e" || words.includes("mail")));
  if (isPhone) return isEmail ? "contact" : "phone";
  if (isEmail) return "email";
  if (words.some((word) => nameWord.test(word)) && words.every((word) => nameWord.test(word) || besideName.test(word))) return "name";
  return words.some((word) => textWord.test(word)) ? "description" : undefined;
}

const emailValue = /^[^\s@,;<>"()]+@[^\s@,;<>"()]+\.[^\s@.,;<>"()]{2,}$/u;
const phoneValue = /^(?:\+|[78][\s(-]?)[\d\s().-]{9,20}$/;

/**
 * Other people's fields under the names of `ctm/form/send`: by name or label first, then by value where nothing was found.
 * What means nothing keeps its own name. Fields a person mapped by hand are left as they are.
 */
export function translate(pairs: readonly Pair[], mapping: Readonly<Record<string, string>>): Map<string, string> {
  const translated = new Map<string, string>();
  const unknown: Pair[] = [];
  for (const pair of pairs) {
    if (Object.hasOwn(mapping, pair.name)) translated.set(pair.name, pair.value);
    else if (!putKnown(translated, pair)) unknown.push(pair);
  }
  for (const pair of unknown) {
    const isShort = pair.value.length < 100;
    if (isShort && !translated.has("email") && emailValue.test(pair.value)) translated.set("email", pair.value);
    else if (isShort && !translated.has("phone") && phoneValue.test(pair.value) && meansNothing(pair.name))
      translated.set("phone", pair.value);
    else putFree(translated, pair.label ?? pair.name, pair.value);
  }
  return translated;
}

/** A long number is a phone only where the name does not say that it is an id, a date or a sum. */
const meansNothing = (name: string): boolean =>
  !/id$|^id|date|time|ts$|inn|инн|огрн|bik|бик|account|счет|счёт|code|num|номер|price|sum|count|hash|ip$/i.test(name);

function putKnown(translated: Map<string, string>, { name, label, value }: Pair): boolean {
  const lower = name.toLowerCase();
  if (isAttribution(lower) && lower !== "url") {
    if (!translated.has(lower)) translated.set(lower, value);
    return true;
  }
  if (/^(?:f_\d+|_\w+|consent\w*|agree\w*)$/.test(lower)) {
    translated.set(lower.startsWith("f_") ? lower : name, value);
    return true;
  }
  const meaning = standardNames.has(lower) ? (lower as Meaning) : (meaningOf(name) ?? (label === undefined ? undefined : meaningOf(label)));
  return meaning !== undefined && putMeaning(translated, meaning, value, label ?? name);
}

function putMeaning(translated: Map<string, string>, meaning: Meaning, value: string, ownName: string): boolean {
  const name = meaning === "contact" ? (value.includes("@") ? "email" : "phone") : meaning;
  const before = translated.get(name);
  if (before === undefined) translated.set(name, value);
  else if (name === "phone" || name === "email") translated.set(name, before === value ? before : `${before}; ${value}`);
  else if (name === "description") translated.set(name, `${before}\n${value}`);
  else putFree(translated, ownName, value);
  return true;
}

/** Under its own name, or beside it when two fields share one. */
function putFree(translated: Map<string, string>, name: string, value: string): void {
  const free = standardNames.has(name) ? `${name} (2)` : name;
  const before = translated.get(free);
  translated.set(free, before === undefined || before === value ? value : `${before}; ${value}`);
}
