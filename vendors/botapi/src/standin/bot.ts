import type { Message, Update, User } from "@grammyjs/types";

export type UpdateKind = Exclude<keyof Update, "update_id">;

export interface StoredFile {
  readonly fileId: string;
  readonly path: string;
  readonly name: string | undefined;
  readonly type: string;
  readonly bytes: Uint8Array;
}
export interface Webhook {
  readonly url: string;
  readonly secretToken: string | undefined;
}
/** Someone who asks for updates and waits. */
export interface Poll {
  /** There is something now, or it is in vain; or somebody else asks for them. */
  end(why: "woken" | "replaced"): void;
}

/** A bot as Telegram keeps it. */
export interface BotState {
  token: string;
  readonly user: User;
  readonly queue: Update[];
  /** Who has written to it, by their id: nobody else can be written to. */
  readonly people: Map<number, User>;
  /** Who has forbidden it to write. */
  readonly blockedBy: Set<number>;
  /** By chat and number. */
  readonly messages: Map<string, Message>;
  readonly files: Map<string, StoredFile>;
  allowed: readonly UpdateKind[];
  webhook: Webhook | undefined;
  lastError: { readonly at: number; readonly words: string } | undefined;
  poll: Poll | undefined;
  nextUpdateId: number;
  nextMessageId: number;
  nextFile: number;
}

/** What is kept at most; the oldest goes first. */
const most = { queue: 10_000, people: 10_000, messages: 10_000, files: 1_000 };

export const newBot = (id: number, token: string, username: string, name: string): BotState => ({
  ...{ token, user: { id, is_bot: true, first_name: name, username }, queue: [], people: new Map(), blockedBy: new Set() },
  ...{ messages: new Map(), files: new Map(), allowed: [], webhook: undefined, lastError: undefined, poll: undefined },
  // Any positive number: https://core.telegram.org/bots/api#update
  ...{ nextUpdateId: 873_100_001, nextMessageId: 1, nextFile: 1 },
});

/** "All update types except chat_member, message_reaction, and message_reaction_count (default)" */
const askedFor: readonly UpdateKind[] = ["chat_member", "message_reaction", "message_reaction_count"];

/** Queues an update, unless the bot does not want its kind. Whoever waits is woken. */
export function push(bot: BotState, update: Omit<Update, "update_id">): Update | undefined {
  const kind = Object.keys(update)[0] as UpdateKind;
  if (bot.allowed.length > 0 ? !bot.allowed.includes(kind) : askedFor.includes(kind)) return undefined;
  const whole: Update = { update_id: bot.nextUpdateId++, ...update };
  bot.queue.push(whole);
  if (bot.queue.length > most.queue) bot.queue.shift();
  bot.poll?.end("woken");
  return whole;
}

export const messageKey = (chat: number | string, id: number): string => `${chat}:${id}`;

export function keepMessage(bot: BotState, message: Message): void {
  bot.messages.set(messageKey(message.chat.id, message.message_id), message);
  dropOldest(bot.messages, most.messages);
}

/** Whoever has written may be written to. */
export function keepPerson(bot: BotState, person: User): void {
  bot.people.set(person.id, person);
  bot.blockedBy.delete(person.id);
  dropOldest(bot.people, most.people);
}

export function keepFile(bot: BotState, file: Omit<StoredFile, "fileId" | "path">, folder: string): StoredFile {
  const number = bot.nextFile++;
  const ending = /\.\w{1,8}$/.exec(file.name ?? "")?.[0] ?? `.${(file.type.split(/[/;+]/)[1] ?? "bin").slice(0, 8)}`;
  // Of an id nothing is known but that it is long, and of the letters of base64url.
  const fileId = Buffer.from(`${bot.user.id}:${folder}:${number}`).toString("base64url");
  const stored = { ...file, fileId, path: `${folder}/file_${number}${ending}` };
  bot.files.set(fileId, stored);
  dropOldest(bot.files, most.files);
  return stored;
}

function dropOldest<K>(map: Map<K, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
