import { readJson, withoutMark } from "./json.ts";
import { isObject } from "./reading.ts";
import { readId1c, readOpaqueId, readText } from "./text.ts";

/** What 1C answers to the five requests (seed 1.1 to 1.5): HTTP 200 and bare JSON, no envelope. */

/** 1.1. */
export interface OrderDocument {
  readonly title: string;
  /** As 1C sent it: show it as a link only when `isShownAsLink` says so. */
  readonly link: string;
}
/** 1.2 and 1.3: what was made or found in 1C. */
export interface Made {
  readonly id_1c: string;
  readonly link?: string;
}
/** 200 with something that is not the documented shape: refused by the handlers, most likely. In Russian. */
export interface Unexpected {
  readonly problem: string;
}

/** 1.1, with the document's empty fields in its order. */
export const writeDocuments = (documents: readonly OrderDocument[]): string =>
  JSON.stringify(
    documents.map(({ title, link }) => ({ title, doc_type: "leads", link, parent_link: "", google_drive_id: "", google_drive_link: "" })),
  );

export const writeMade = ({ link = "", id_1c }: Made): string => JSON.stringify({ link, id_1c });

export const writeVersion = (version: number | string): string => JSON.stringify({ version });

/** One object is an array of one; an empty body and null are no documents (A18). A document needs a title or a link. */
export function readDocuments(body: string): readonly OrderDocument[] | Unexpected {
  if (withoutMark(body).trim() === "") return [];
  const read = readJson(body);
  if (!("value" in read)) return read;
  if (read.value === null) return [];
  const sent = Array.isArray(read.value) ? (read.value as unknown[]) : [read.value];
  const documents = sent.map(readDocument);
  if (documents.every((one) => one !== undefined)) return documents;
  return { problem: unexpected("список документов: [{ title, link, … }]", read.value) };
}

function readDocument(sent: unknown): OrderDocument | undefined {
  if (!isObject(sent)) return undefined;
  const [title, link] = [readText(sent["title"]), readText(sent["link"])];
  return title === undefined && link === undefined ? undefined : { title: title ?? link ?? "", link: link ?? "" };
}

/** 1.2 and 1.3. Without an id nothing can be told apart later, so it is not taken; a link may be missing. */
export function readMade(body: string): Made | Unexpected {
  const read = readJson(body);
  if (!("value" in read)) return read;
  const [id_1c, link] = isObject(read.value) ? [readId1c(read.value["id_1c"]), readText(read.value["link"])] : [];
  if (id_1c === undefined) return { problem: unexpected("{ link, id_1c }", read.value) };
  return { id_1c, ...(link !== undefined && { link }) };
}

/** 1.4: a number or a text, as text (A16). */
export function readVersion(body: string): string | Unexpected {
  const read = readJson(body);
  if (!("value" in read)) return read;
  const version = isObject(read.value) ? (readOpaqueId(read.value["version"]) ?? decimal(read.value["version"])) : undefined;
  return version ?? { problem: unexpected("{ version }", read.value) };
}

/** A version such as 2.5 is a number to JSON. */
const decimal = (value: unknown): string | undefined => (typeof value === "number" ? readText(value) : undefined);

/** 1.5: success is HTTP 200 whatever the body says; a version is taken along when there is one (A7). */
export function readTableAnswer(body: string): string | undefined {
  const version = readVersion(body);
  return typeof version === "string" ? version : undefined;
}

/** What was wanted, and the answer's own words, where it has some under a usual name. */
function unexpected(wanted: string, value: unknown): string {
  const words = isObject(value)
    ? ["error", "message", "descr", "Ошибка"].map((name) => readText(value[name])).find((one) => one !== undefined)
    : readText(value);
  return `Ожидался ответ вида ${wanted}${words === undefined ? "" : `, а 1С ответила: ${words}`}`;
}
