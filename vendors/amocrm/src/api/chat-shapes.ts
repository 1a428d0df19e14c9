import { type ChatMessage, chatMessageTypes, type FieldProblem, fieldProblem } from "../protocol.ts";
import { given } from "./query.ts";
import { anything, choice, flag, int, nullable, number, object, type ReadBy, required, text } from "./shape.ts";

/** What a channel sends. What is not known is passed over, as the chats API does. */

export const connectShape = object(
  {
    account_id: required(text(36, 1)),
    title: nullable(text(255)),
    hook_api_version: choice(["v1", "v2"]),
    is_time_window_disabled: flag,
  },
  true,
);

const profile = nullable(object({ phone: nullable(text(64)), email: nullable(text(254)) }, true));
const userShape = object(
  {
    ...{ id: text(255, 1), ref_id: text(64), name: text(255), avatar: nullable(text(2_000)), profile, profile_link: nullable(text(2_000)) },
  },
  true,
);
const sourceShape = nullable(object({ external_id: text(40) }, true));

export function userOf(sent: ReadBy<typeof userShape>) {
  const { id, ref_id, name, avatar, profile: about, profile_link } = sent;
  const filled = (value: string | null | undefined) => value || undefined;
  return given({
    ...{ id, ref_id: filled(ref_id), name, avatar: filled(avatar), profile_link: filled(profile_link) },
    profile: about ? given({ phone: filled(about.phone), email: filled(about.email) }) : undefined,
  });
}

/** Whoever is no user of amoCRM's has an id and a name. */
export function mustBeNamed(user: ReadBy<typeof userShape> | undefined, path: string, problems: FieldProblem[]): void {
  if (!user || user.ref_id) return;
  for (const name of ["id", "name"] as const) if (user[name] === undefined) problems.push(fieldProblem("FieldMissing", `${path}.${name}`));
}

export const chatShape = object({ conversation_id: required(text(255, 1)), source: sourceShape, user: required(userShape) }, true);

const messageShape = object(
  {
    type: choice(chatMessageTypes),
    text: nullable(text(65_535)),
    media: nullable(text(2_000)),
    file_name: nullable(text(255)),
    file_size: nullable(int(0)),
    sticker_id: nullable(text(255)),
    location: nullable(object({ lon: required(number), lat: required(number) }, true)),
    contact: nullable(object({ name: required(text(255)), phone: required(text(64)) }, true)),
    callback_data: nullable(text(4_000)),
    media_duration: nullable(int(0)),
    shared_post: anything,
    delivery_status: anything,
  },
  true,
);
const needed: Readonly<Record<string, readonly (keyof ReadBy<typeof messageShape>)[]>> = {
  text: ["text"],
  // A name and a size should be there, too, by the documents; clients in use send neither.
  file: ["media"],
  video: ["media"],
  picture: ["media"],
  voice: ["media"],
  audio: ["media"],
  location: ["location"],
  contact: ["contact"],
};
const reference = object({ id: text(64), msgid: text(255) }, true);
export const payloadShape = object(
  {
    timestamp: int(0, 253_402_300_799),
    msec_timestamp: int(0, 253_402_300_799_999),
    msgid: text(255, 1),
    id: text(64),
    conversation_id: text(255, 1),
    conversation_ref_id: text(64),
    silent: flag,
    source: sourceShape,
    sender: userShape,
    receiver: nullable(userShape),
    message: required(messageShape),
    reply_to: nullable(object({ message: required(reference) }, true)),
    forwards: anything,
  },
  true,
);
export const eventShape = object({ event_type: required(choice(["new_message", "edit_message"])), payload: required(payloadShape) }, true);

export function checkPayload({ event_type, payload }: ReadBy<typeof eventShape>, problems: FieldProblem[]): void {
  const missing = (...names: string[]) => problems.push(...names.map((name) => fieldProblem("FieldMissing", `payload.${name}`)));
  if (event_type === "edit_message") {
    if (payload.id === undefined && payload.msgid === undefined) missing("msgid");
    return;
  }
  for (const name of ["msgid", "sender"] as const) if (payload[name] === undefined) missing(name);
  if (payload.timestamp === undefined && payload.msec_timestamp === undefined) missing("msec_timestamp");
  if (payload.conversation_id === undefined && !payload.conversation_ref_id) missing("conversation_id");
  mustBeNamed(payload.sender, "payload.sender", problems);
  mustBeNamed(payload.receiver ?? undefined, "payload.receiver", problems);
  const { type } = payload.message;
  if (type === undefined) missing("message.type");
  else for (const name of needed[type] ?? []) if ((payload.message[name] ?? "") === "") missing(`message.${name}`);
}

/** Without what is empty. */
export const messageOf = ({ delivery_status: _, ...sent }: ReadBy<typeof messageShape>): Partial<ChatMessage> =>
  Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined && value !== null)) as Partial<ChatMessage>;

export const typingShape = object(
  { conversation_id: required(text(255, 1)), sender: required(object({ id: required(text(255, 1)) }, true)), duration_ms: int(0, 600_000) },
  true,
);
export const reactShape = object(
  {
    ...{ conversation_id: text(255), conversation_ref_id: text(64), id: text(64), msgid: text(255), emoji: nullable(text(64)) },
    user: required(object({ id: text(255), ref_id: text(64) }, true)),
    type: required(choice(["react", "unreact"])),
  },
  true,
);
