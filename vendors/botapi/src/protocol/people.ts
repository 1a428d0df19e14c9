import { integerOf, type Json, objectOf, type Present, present, textOf } from "./json.ts";

/** Whoever writes to a bot. */
export interface Person {
  /** Of the user, digits; in a private chat the chat has the same. */
  readonly id: string;
  /** First and last name; the username or the id of one who shows none. */
  readonly name: string;
  /** Without the `@`. */
  readonly username?: string;
  /** Their own, when they have shared it: a bot is never told it otherwise. As they wrote it, often without a plus. */
  readonly phone?: string;
}

/** A `User`, or the `Chat` of one. */
export function readPerson(value: unknown): Person | undefined {
  const user = objectOf(value);
  const id = integerOf(user?.["id"]);
  if (!user || id === undefined || id <= 0) return undefined;
  const username = textOf(user["username"]);
  return present({ id: String(id), name: nameOf(user) ?? username ?? String(id), username }) satisfies Present<object>;
}

/** First and last name, as one. */
export function nameOf(user: Json): string | undefined {
  const name = [textOf(user["first_name"]), textOf(user["last_name"])]
    .filter((part) => part !== undefined)
    .join(" ")
    .trim();
  return name === "" ? undefined : name;
}

export type Chat =
  | { readonly kind: "private"; readonly id: string }
  | { readonly kind: "other"; readonly id: string; readonly type: string }
  | undefined;

/** The first example of the guide has a chat without a type: a positive id is a person, groups and channels have negative ones. */
export function readChat(value: unknown): Chat {
  const chat = objectOf(value);
  const id = integerOf(chat?.["id"]);
  if (!chat || id === undefined || id === 0) return undefined;
  const type = textOf(chat["type"])?.slice(0, 30) ?? (id > 0 ? "private" : "group");
  return type === "private" ? { kind: "private", id: String(id) } : { kind: "other", id: String(id), type };
}
