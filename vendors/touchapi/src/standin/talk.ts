import { randomBytes } from "node:crypto";
import {
  type Json,
  type MessageDraft,
  type MessageState,
  readPhone,
  type SentPart,
  writeMessageHook,
  writeReactionHook,
  writeStatusHook,
} from "../protocol.ts";
import type { Account } from "./accounts.ts";
import type { Hooks } from "./hooks.ts";
import type { Switches } from "./switches.ts";

/** What somebody writes; the thread follows from `from` unless told. */
export interface Said {
  /** A phone, or an id of the messenger. */
  readonly from: string;
  readonly thread?: string;
  readonly text?: string;
  readonly content?: readonly SentPart[];
  readonly name?: string;
  readonly replyTo?: string;
  readonly item?: string;
  readonly at?: Date;
}

/** What our side writes on the phone, or by another program. */
export type Written = Omit<Said, "from" | "name"> & { readonly to: string };

/** A message that was sent by a call. */
export interface SentMessage extends MessageDraft {
  readonly account: string;
  readonly item: string;
  readonly thread: string;
  readonly at: Date;
}

export type Talk = ReturnType<typeof makeTalk>;

const mostKept = 10_000;

/** What happens in the messenger, told to the webhooks of the account it happens to. */
export function makeTalk(accounts: ReadonlyMap<string, Account>, hooks: Hooks, switches: Switches) {
  const sent: SentMessage[] = [];

  const accountOf = (key: string): Account => {
    const account = accounts.get(key);
    if (!account) throw new Error(`there is no account ${key}: add() it first`);
    return account;
  };
  const tell = (account: Account, body: Json): Promise<void> => hooks.tell(account.webhooks, body);
  const keep = (account: Account, thread: string, body: Json): void => {
    account.threads.add(thread);
    if (account.messages.push(body) > mostKept) account.messages.shift();
  };
  const ours = (account: Account): string => account.phone ?? account.login;

  function message(account: Account, said: Omit<Said, "from" | "name"> & { from: string; to: string; isOutgoing: boolean; name?: string }) {
    const { thread = threadOf(account.source, said.isOutgoing ? said.to : said.from), item = newItem(), at = new Date(), ...rest } = said;
    const body = writeMessageHook({ source: account.source, login: account.login, thread, item, at, unit: switches.timeUnit, ...rest });
    keep(account, thread, body);
    return { item, thread, body };
  }

  /** Where a message was, as far as it is known here; a thread that nobody has seen is made up. */
  function about(account: Account, item: string) {
    const found = account.messages.find((one) => one["item"] === item);
    return {
      ...{ source: account.source, login: account.login, item, at: new Date(), unit: switches.timeUnit },
      thread: String(found?.["thread"] ?? "unknown"),
      other: String(found?.[found["outgoing"] === true ? "to" : "from"] ?? "unknown"),
    };
  }

  async function status(key: string, item: string, state: MessageState, error?: string): Promise<void> {
    const account = accountOf(key);
    const { other, ...fields } = about(account, item);
    await tell(account, writeStatusHook({ ...fields, from: ours(account), to: other, state, ...(error !== undefined && { error }) }));
  }

  return {
    /** In the order they were taken. */
    sent: sent as readonly SentMessage[],

    /** Somebody writes. Answers the item; resolves when the webhooks have heard it. */
    async say(key: string, said: Said): Promise<string> {
      const account = accountOf(key);
      const { item, body } = message(account, { ...said, to: ours(account), isOutgoing: false });
      await tell(account, body);
      return item;
    },

    /** Our side writes on the phone. */
    async echo(key: string, written: Written): Promise<string> {
      const account = accountOf(key);
      const { item, body } = message(account, { ...written, from: ours(account), isOutgoing: true });
      await tell(account, body);
      return item;
    },

    status,

    /** Somebody puts an emoji to a message; an empty one takes it back. */
    async react(key: string, item: string, emoji: string): Promise<void> {
      const account = accountOf(key);
      const { other, ...fields } = about(account, item);
      await tell(account, writeReactionHook({ ...fields, from: other, to: ours(account), emoji }));
    },

    /** Any body at all, as it is. */
    async rawHook(key: string, body: Json): Promise<void> {
      await tell(accountOf(key), body);
    },

    /** Takes a message that was sent by a call; `after` runs what follows it once the call is answered. */
    take(
      account: Account,
      draft: MessageDraft,
    ): { readonly taken: SentMessage; readonly echoed: () => Promise<void>; readonly after: () => Promise<void> } {
      const to = draft.to ?? draft.thread ?? "";
      const at = new Date();
      const { item, thread, body } = message(account, {
        ...{ from: ours(account), to, at, isOutgoing: true },
        ...(draft.thread !== undefined && { thread: draft.thread }),
        ...(draft.text !== undefined && { text: draft.text }),
        ...(draft.content && { content: draft.content }),
        ...(draft.replyTo !== undefined && { replyTo: draft.replyTo }),
      });
      const taken: SentMessage = { ...draft, account: account.key, item, thread, at };
      if (sent.push(taken) > mostKept) sent.shift();
      return {
        taken,
        echoed: async () => {
          if (switches.echoes) await tell(account, body);
        },
        after: async () => {
          if (!switches.autoStatuses) return;
          const order = switches.shuffleStatuses ? (["read", "sent", "delivered"] as const) : (["sent", "delivered", "read"] as const);
          for (const state of order) await status(account.key, item, state);
        },
      };
    },
  };
}

/** WhatsApp calls a conversation by the phone; elsewhere it is the id itself. */
export const threadOf = (source: string, id: string): string => {
  const phone = source === "whatsapp" && !id.includes("@") ? readPhone(id) : undefined;
  return phone === undefined ? id : `${phone}@c.us`;
};

/** Ids of WhatsApp look like this. */
const newItem = (): string => `3EB0${randomBytes(8).toString("hex").toUpperCase()}`;
