import { integerOf, type Json, objectOf, objectsOf, present, textOf } from "./json.ts";

export type AttachmentKind = "picture" | "video" | "voice" | "audio" | "file" | "sticker";

export interface Attachment {
  readonly kind: AttachmentKind;
  /** What `getFile` takes; good for this bot only, and may differ the next time. */
  readonly fileId: string;
  /** The same over time and for all bots; nothing can be fetched by it. Absent from old examples. */
  readonly uniqueId?: string;
  readonly name?: string;
  /** MIME. */
  readonly type?: string;
  readonly bytes?: number;
}

const kinds = [
  // Before `document`: an animation stands in both "for backward compatibility" (Bot API, Message).
  ["animation", "video"],
  ["video", "video"],
  ["video_note", "video"],
  ["voice", "voice"],
  ["audio", "audio"],
  ["document", "file"],
  ["sticker", "sticker"],
] as const;

/** A message has one file at most: an album comes as several messages. */
export function readAttachments(message: Json): Attachment[] {
  const photo = largestOf(objectsOf(message["photo"]));
  // Pictures are always JPEG, and the document does not say so in the message.
  if (photo) return readFile("picture", photo, "image/jpeg");
  for (const [field, kind] of kinds) {
    const file = objectOf(message[field]);
    const read = file ? readFile(kind, file, field === "sticker" ? stickerType(file) : undefined) : [];
    if (read.length > 0) return read;
  }
  return [];
}

function readFile(kind: AttachmentKind, file: Json, usualType: string | undefined): Attachment[] {
  const fileId = textOf(file["file_id"]);
  if (fileId === undefined) return [];
  return [
    present({
      kind,
      fileId,
      uniqueId: textOf(file["file_unique_id"]),
      name: textOf(file["file_name"]),
      type: textOf(file["mime_type"]) ?? usualType,
      bytes: integerOf(file["file_size"]),
    }),
  ];
}

/** Of the sizes of one photo: by its area, for `file_size` is optional. */
function largestOf(sizes: readonly Json[]): Json | undefined {
  const area = (size: Json): number => (integerOf(size["width"]) ?? 0) * (integerOf(size["height"]) ?? 0);
  return sizes
    .filter((size) => textOf(size["file_id"]) !== undefined)
    .reduce<Json | undefined>((best, size) => (best && area(best) >= area(size) ? best : size), undefined);
}

const stickerType = (sticker: Json): string =>
  sticker["is_video"] === true ? "video/webm" : sticker["is_animated"] === true ? "application/x-tgsticker" : "image/webp";
