import type { Attachment, AttachmentKind, Location, SharedContact } from "./hook-events.ts";
import { cleanText, firstText, isObject, type Json, member, present, readId, readText, readUrl } from "./json.ts";
import { readPhone } from "./sources.ts";

/** The parts of a message: `content[]` with `{ type, src, filename }`. */

export interface Parts {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly location: Location | undefined;
  readonly contacts: readonly SharedContact[];
  /** Types that nothing could be made of. */
  readonly otherParts: readonly string[];
}

/** `image`, `video`, `audio`, `file`, `sticker` are seen in the vendor's cabinet; the others are how gateways call the same. */
const kinds: Readonly<Record<string, AttachmentKind>> = {
  ...{ image: "picture", picture: "picture", photo: "picture", img: "picture" },
  ...{ video: "video", video_note: "video", gif: "video", animation: "video" },
  ...{ voice: "voice", ptt: "voice", audio: "audio", music: "audio" },
  ...{ file: "file", document: "file", sticker: "sticker" },
};
const places = new Set(["geo", "location", "venue"]);
const cards = new Set(["vcard", "contact", "contacts"]);
/** More is nonsense, and would cost us. */
const mostParts = 100;

/** The list of parts as it may come: an array, one part alone, or nothing. */
export const partsOf = (content: unknown): readonly Json[] =>
  Array.isArray(content) ? content.slice(0, mostParts).filter(isObject) : isObject(content) ? [content] : [];

export const typeOfPart = (part: Json): string => readText(member(part, "type"))?.toLowerCase().slice(0, 40) ?? "";

export function readParts(content: unknown): Parts {
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  const contacts: SharedContact[] = [];
  const otherParts: string[] = [];
  let location: Location | undefined;
  for (const part of partsOf(content)) {
    const type = typeOfPart(part);
    if (type === "text") texts.push(wordsOf(part));
    else if (places.has(type)) {
      const place = readPlace(part);
      if (place) location ??= place;
      else otherParts.push(type);
    } else if (cards.has(type)) {
      const found = readCards(part);
      if (found.length > 0) contacts.push(...found);
      else otherParts.push(type);
    } else {
      const attachment = readAttachment(part, type);
      if (attachment) attachments.push(attachment);
      else otherParts.push(type);
    }
  }
  return { text: texts.filter((text) => text !== "").join("\n"), attachments, location, contacts, otherParts };
}

const wordsOf = (part: Json): string => {
  const words = member(part, "src") ?? member(part, "text");
  return typeof words === "string" ? cleanText(words) : "";
};

/** With an address, a part of any type is at least a file. */
function readAttachment(part: Json, type: string): Attachment | undefined {
  const url = readUrl(member(part, "src")) ?? readUrl(member(part, "url"));
  if (url === undefined) return undefined;
  const name = firstText(part, ["filename", "fileName", "name"]);
  return present({ kind: Object.hasOwn(kinds, type) ? (kinds[type] ?? "file") : "file", url, name: name?.slice(0, 255) });
}

/** Nobody shows the fields of a `geo` part: the usual names are tried, and two numbers in `src`. */
function readPlace(part: Json): Location | undefined {
  const pair = /^(?:geo:)?\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)/.exec(readText(member(part, "src")) ?? "");
  const latitude = degrees(firstText(part, ["latitude", "lat", "degreesLatitude"]) ?? pair?.[1], 90);
  const longitude = degrees(firstText(part, ["longitude", "lng", "lon", "degreesLongitude"]) ?? pair?.[2], 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  return present({ latitude, longitude, name: firstText(part, ["name", "title", "address"]) });
}

function degrees(text: string | undefined, most: number): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) && Math.abs(number) <= most ? number : undefined;
}

/** A vCard in `src` (or under a name of its own), or plain fields. */
function readCards(part: Json): SharedContact[] {
  const card = firstText(part, ["vcard", "src", "text"]) ?? "";
  if (/BEGIN:VCARD/i.test(card))
    return card
      .slice(0, 20_000)
      .split(/(?=BEGIN:VCARD)/i)
      .flatMap((one) => {
        const name = /^FN[^:\r\n]*:(.+)$/im.exec(one)?.[1]?.trim();
        const phones = [...one.matchAll(/^(?:item\d+\.)?TEL[^:\r\n]*:(.+)$/gim)].flatMap(([, text]) => readPhone(text) ?? []);
        return name || phones.length > 0 ? [{ ...(name && { name }), phones }] : [];
      });
  const name = firstText(part, ["name", "title"]);
  const phone = readPhone(readId(member(part, "phone")) ?? readId(member(part, "src")));
  return name !== undefined || phone !== undefined
    ? [{ ...(name !== undefined && { name }), phones: phone === undefined ? [] : [phone] }]
    : [];
}
