import {
  type Attribution,
  Conflict,
  type ContactDraft,
  type ContactHit,
  type FlowContext,
  type Person,
  type RecordId,
  readEmail,
} from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** The contact a person turned out to be. */
export interface KnownContact {
  readonly id: RecordId;
  readonly isNew: boolean;
  /** Its owner, if it has one. */
  readonly responsible?: RecordId;
  /** What people should know: possible duplicates, an e-mail that is somebody else's. */
  readonly remarks: readonly string[];
}

/** Further facts for the contact. `responsible` is asked only when a contact is made, because asking may take a turn. */
export interface ContactFacts extends Pick<ContactDraft, "position" | "website" | "company" | "author" | "fields"> {
  readonly person: Person;
  readonly attribution?: Attribution;
  responsible(): Promise<RecordId | undefined>;
}

/**
 * Finds the person by exact phone, then by e-mail, or makes a contact. What a contact has is never overwritten; what it lacks is added.
 * Several hits: the most recently active one, and a remark. A phone and an e-mail of two people: the phone wins, and a remark.
 */
export async function findOrMakeContact(facts: ContactFacts, at: FlowContext<"crm">): Promise<KnownContact> {
  const by = matchable(facts.person);
  const hits = await find(by, at);
  if (hits[0]) return useContact(hits, facts, at);
  const responsible = await facts.responsible();
  try {
    const { id } = await at.port.saveContact({ ...draftOf(facts, at.key("contact")), ...(responsible !== undefined && { responsible }) });
    return { id, isNew: true, ...(responsible !== undefined && { responsible }), remarks: [] };
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    // Somebody else made this person in between: now there is one to find.
    const now = await find(by, at);
    if (!now[0]) throw error;
    return useContact(now, facts, at);
  }
}

type By = Parameters<FlowContext<"crm">["port"]["findContact"]>[0];

/** What tells one person from another: valid numbers that are not a company's free line, and e-mail addresses. */
function matchable({ phones, emails }: Person): By {
  return {
    phones: [...new Set(phones.flatMap(({ e164, tollFree }) => (e164 !== undefined && !tollFree ? [e164] : [])))],
    emails: [...new Set(emails.flatMap((email) => readEmail(email) ?? []))],
  };
}

const find = async (by: By, at: FlowContext<"crm">): Promise<ContactHit[]> =>
  by.phones.length === 0 && by.emails.length === 0 ? [] : at.port.findContact(by);

async function useContact(hits: readonly ContactHit[], facts: ContactFacts, at: FlowContext<"crm">): Promise<KnownContact> {
  const [hit, ...others] = hits;
  if (!hit) throw new Error("There is no hit to use");
  if (addsTo(hit, facts)) await at.port.saveContact({ ...draftOf(facts, at.key("contact-update")), id: hit.id });
  return {
    id: hit.id,
    isNew: false,
    ...(hit.responsible !== undefined && { responsible: hit.responsible }),
    remarks: remarksOn(hit, others, at),
  };
}

/** Saves a round trip to the database for the person who only comes back. */
function addsTo(hit: ContactHit, { person, position, website, company, fields }: ContactFacts): boolean {
  if (position !== undefined || website !== undefined || company !== undefined) return true;
  if (fields !== undefined && Object.keys(fields).length > 0) return true;
  const emails = new Set(hit.emails.map((email) => readEmail(email) ?? email));
  return (
    (hit.name === "" && (person.name ?? person.surname) !== undefined) ||
    person.phones.some(({ e164 }) => e164 !== undefined && !hit.phones.includes(e164)) ||
    person.emails.some((email) => !emails.has(readEmail(email) ?? email))
  );
}

function remarksOn(hit: ContactHit, others: readonly ContactHit[], at: FlowContext<"crm">): string[] {
  const words = wordsIn(at.workspace.language);
  const names = (list: readonly ContactHit[]): string => list.map(({ id, name }) => `${name || "—"} (${id})`).join(", ");
  const conflicting = others.filter((other) => other.matchedBy !== hit.matchedBy);
  const duplicates = others.filter((other) => other.matchedBy === hit.matchedBy);
  return [
    ...(duplicates.length > 0 ? [words.duplicates(names(duplicates))] : []),
    ...(conflicting.length > 0 ? [words.conflict(names(conflicting))] : []),
  ];
}

function draftOf({ person, attribution, position, website, company, author, fields }: ContactFacts, key: string): ContactDraft {
  return {
    key,
    ...person,
    ...(position !== undefined && { position }),
    ...(website !== undefined && { website }),
    ...(company !== undefined && { company }),
    ...(author !== undefined && { author }),
    ...(fields !== undefined && { fields }),
    ...(attribution && { attribution }),
  };
}
