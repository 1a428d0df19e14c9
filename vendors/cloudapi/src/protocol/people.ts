import { type Json, objectOf, objectsOf, present, textOf } from "./json.ts";

/** Whoever writes to a number of ours. */
export interface Person {
  /** What an answer goes to: the phone, or the `userId` of one who hides it. */
  readonly id: string;
  /** Digits, with the country and without a plus. */
  readonly phone?: string;
  /** Business-scoped: the same person is another one for another company. */
  readonly userId?: string;
  /** As they call themselves in their profile. */
  readonly name?: string;
  readonly username?: string;
}

/** `US.13491208655302741918`. A person may hide their phone: then it is all that is told of them. */
export const isUserId = (text: string): boolean => /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/.test(text);

/** The sender of a message, by what stands in it and in the contacts beside it. Undefined when nobody is told. */
export function readSender(message: Json, contacts: unknown): Person | undefined {
  const all = objectsOf(contacts);
  const [from, fromUser] = [digitsOf(message["from"]), textOf(message["from_user_id"])];
  const isTheirs = (contact: Json): boolean =>
    (from !== undefined && digitsOf(contact["wa_id"]) === from) || (fromUser !== undefined && contact["user_id"] === fromUser);
  // A single contact is the sender's even where the numbers differ: a `wa_id` "may not always match" the phone. Of several, none is guessed.
  const contact = all.find(isTheirs) ?? (all.length === 1 ? all[0] : undefined);
  const phone = from ?? digitsOf(contact?.["wa_id"]);
  const userId = fromUser ?? textOf(contact?.["user_id"]);
  const id = phone ?? userId;
  if (id === undefined) return undefined;
  const profile = objectOf(contact?.["profile"]);
  return present({ id, phone, userId, name: textOf(profile?.["name"]), username: textOf(profile?.["username"]) });
}

/** A phone in digits; undefined when it is none. */
export function digitsOf(value: unknown): string | undefined {
  const digits = typeof value === "string" ? value.replace(/^\+/, "") : "";
  return /^\d{5,20}$/.test(digits) ? digits : undefined;
}
