import type { KeptMessage, Kit, MarkedMessage, MessageFile, Workspace } from "@svyazka/core";
import { type LineMessage, type LineUser, lineName } from "../protocol.ts";

/** Our messages as an open line takes them. */

export interface Author {
  /** Of a message that goes out: the portal's user, or 0 where it was none of theirs. */
  readonly user?: number;
}

export function lineMessage({ message, conversation }: KeptMessage, { user }: Author, kit: Pick<Kit, "files">): LineMessage {
  const files = message.files.flatMap(({ file, name, kind }) =>
    file === undefined ? [] : [{ url: kit.files.url(file), name: name ?? kind }],
  );
  const text = [textOf(message), ...message.files.flatMap((file) => (file.file === undefined ? [wordsFor(file)] : []))]
    .filter(Boolean)
    .join("\n");
  return {
    user: clientOf(conversation),
    message: {
      ...{ id: message.uid, date: Math.floor(new Date(message.at).getTime() / 1000) },
      ...((text !== "" || files.length === 0) && { text: text === "" ? "…" : text }),
      ...(files.length > 0 && { files }),
      ...(user !== undefined && { user_id: user }),
    },
    chat: { id: conversation.uid },
  };
}

export function clientOf({ uid, client }: KeptMessage["conversation"]): LineUser {
  const [first = "", ...rest] = (client.name || client.username || client.phone || "?").trim().split(/\s+/);
  const [name, last] = [lineName(first), lineName(rest.join(" "))];
  return {
    id: client.external ?? uid,
    ...(name !== "" && { name }),
    ...(last !== "" && { last_name: last }),
    // By it the portal finds the contact by itself.
    ...(client.phone !== undefined && { phone: client.phone, skip_phone_validate: "Y" }),
    ...(client.email !== undefined && { email: client.email }),
    ...(client.link !== undefined && { url: client.link }),
    ...(client.avatar !== undefined && /^https:/.test(client.avatar) && { picture: { url: client.avatar } }),
  };
}

function textOf({ kind, text, content }: KeptMessage["message"]): string {
  const told = content ?? {};
  const [latitude, longitude] = [Number(told["latitude"]), Number(told["longitude"])];
  if (kind === "location" && Number.isFinite(latitude) && Number.isFinite(longitude))
    return [text, String(told["name"] ?? ""), `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`]
      .filter(Boolean)
      .join("\n");
  const phones = Array.isArray(told["phones"]) ? told["phones"].map(String) : [];
  return kind === "contact" ? [text, String(told["name"] ?? ""), ...phones].filter(Boolean).join("\n") : text;
}

const wordsFor = ({ name, kind, error }: MessageFile): string => `[${name ?? kind}: ${error ?? "?"}]`;

/** An open line has no failed state: the reason stands in the dialog. */
export function failureText({ message: { error, reason, state } }: MarkedMessage, { language }: Workspace): string {
  const words = error ?? reason ?? state;
  return language === "ru" ? `⚠ Не доставлено: ${words}` : `⚠ Not delivered: ${words}`;
}
