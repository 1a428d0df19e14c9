import { readJson, withoutMark } from "./json.ts";
import { isObject, type Json } from "./reading.ts";
import { cleanText, cutText, readText } from "./text.ts";

/** How a 1C that cannot serve answers. Source: onec.md §5; the JSON is that of the tests of <https://github.com/pavel-v-sobolev/cdc-1c>. */

/** Longest text of an error that is worth keeping. */
const mostWords = 500;

/** The platform's own words: the base is closed for maintenance. The innermost text is that of whoever closed it, so the whole answer is looked at. */
export const isClosed = (body: string): boolean => body.includes("Начало сеанса с информационной базой запрещено");

/** Two sessions want one record. */
export const isLocked = (body: string): boolean => body.includes("Ошибка блокировки данных");

/**
 * What an answer says of a failure, in at most 500 signs: the innermost `descr` of 1C's own JSON or XML (the rest is stack addresses and a base64
 * dump), what stands behind "by reason:" of its HTML page, or the text of anything else. Empty when there is none.
 */
export function readFailure(body: string): string {
  return cutText(oneLine(ofJson(body) ?? ofXml(body) ?? ofPage(withoutMark(body))), mostWords);
}

function ofJson(body: string): string | undefined {
  const read = readJson(body);
  if (!("value" in read)) return undefined;
  if (!isObject(read.value)) return readText(read.value);
  const told = read.value["exception"] ?? read.value;
  return (isObject(told) ? innermost(told) : undefined) ?? readText(read.value["error"]) ?? readText(read.value["message"]) ?? "";
}

function innermost(exception: Json): string | undefined {
  let words: string | undefined;
  for (let level: unknown = exception; isObject(level); level = level["inner"]) words = readText(level["descr"]) ?? words;
  return words;
}

function ofXml(body: string): string | undefined {
  const texts = [...body.matchAll(/<(?:\w+:)?descr>([^<]*)<|\bdescr="([^"]*)"/g)].map(([, inside, attribute]) => inside ?? attribute ?? "");
  const last = texts.filter((text) => text.trim() !== "").at(-1);
  return last === undefined ? undefined : unescaped(last);
}

/** A page of 1C or of the server in front of it, or bare text. */
function ofPage(body: string): string {
  const text = /<(?:html|body|!doctype)/i.test(body)
    ? unescaped(body.replace(/<(script|style|head)[\s\S]*?<\/\1\s*>/gi, " ").replace(/<[^>]*>/g, " "))
    : body;
  return /by reason:\s*([\s\S]+)$/i.exec(text)?.[1] ?? text;
}

const oneLine = (text: string): string => cleanText(text.slice(0, 20_000).replace(/\s+/g, " "));

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&");

/** Of a base closed for maintenance, as the platform writes it: 403, with a byte order mark. `why` are the words of whoever closed it. */
export const writeClosed = (why: string): string =>
  `\ufeff${JSON.stringify({
    "#exception": "{http://v8.1c.ru/8.2/virtual-resource-system}Exception",
    exception: {
      reason: 403,
      descr: "HTTP: Forbidden\nОшибка при выполнении запроса POST к ресурсу:",
      inner: {
        descr: `Начало сеанса с информационной базой запрещено.\n${why}`,
        inner: { descr: why, creationStack: "core83.dll:0x0000000000001000", data: "77u/ew0K" },
      },
    },
  })}`;

/** Of a reused session that has died: 406. Source: <https://oshibku.top/1s-veb-servis-oshibka-406>. */
export const writeSessionLost = (): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<exception xmlns="http://v8.1c.ru/8.2/virtual-resource-system" reason="406"><descr>Истекло время ожидания сеанса</descr></exception>';

/** 500. */
export const writeLocked = (): string => "Ошибка блокировки данных при попытке записи";
