import { createHash } from "node:crypto";
import { type CallOutcome, type CallWriting, type Crm, gone, type KnownCall, keptCalls, type RecordId } from "@svyazka/core";
import { AmoInvalid, AmoNotFound, type CallParams } from "../client.ts";
import { hasDoneNothing } from "../port-errors.ts";
import type { EntityType } from "../protocol.ts";
import { type Ground, userThere } from "./ground.ts";

/** A call becomes one note in the account when it is over: amoCRM has no call that is not over. */

/** The note that it has become. */
interface CallNote {
  readonly of: EntityType;
  readonly on: number;
  readonly id: number;
  readonly params: string;
}

export function callsIn(ground: Ground): Pick<Crm, "saveCall" | "findCall"> {
  const { kit, amo, setups } = ground;

  async function knowsUser(user: RecordId): Promise<boolean> {
    if (!/^\d{1,15}$/.test(user)) return false;
    const there = userThere(ground, user);
    const { users } = await setups.get();
    return there !== undefined && (users.length === 0 || users.some(({ id }) => id === there));
  }

  async function knowsContact(contact: RecordId): Promise<boolean> {
    if (!/^\d{1,15}$/.test(contact)) return false;
    return (await kit.book.get("contact", contact)) !== undefined || (await amo.contacts.find(Number(contact))) !== undefined;
  }

  /** On its deal, or else on its contact. What was written once is changed, never written again. */
  async function write(key: string, call: KnownCall, { written: note, wasTried }: CallWriting<CallNote>): Promise<CallNote | undefined> {
    if (call.direction === "internal") return note;
    const params = paramsOf(key, call);
    const text = JSON.stringify(params);
    const note_type = call.direction === "in" ? ("call_in" as const) : ("call_out" as const);
    if (note) {
      if (note.params === text) return note;
      try {
        await amo[note.of].notes.on(note.on).update(note.id, { note_type, params });
        return { ...note, params: text };
      } catch (error) {
        // It was deleted there, or moved by a merge: then it is written anew.
        if (!(error instanceof AmoNotFound)) throw error;
      }
    }
    const places: readonly (readonly [EntityType, RecordId | undefined])[] = [
      ["leads", call.deal],
      ["contacts", call.contact],
    ];
    let refusal: unknown;
    for (const [of, id] of places) {
      if (id === undefined || !/^\d{1,15}$/.test(id)) continue;
      try {
        return { of, on: Number(id), id: await noteOn(of, Number(id), call, { note_type, params }, wasTried), params: text };
      } catch (error) {
        if (!(error instanceof AmoNotFound) && !(error instanceof AmoInvalid)) throw error;
        // A contact that was deleted is looked for anew. A deal that is gone, or takes no notes, leaves it to the contact.
        if (of === "contacts" && !(await amo.contacts.find(Number(id)))) throw await gone(kit.book, "contact", id);
        refusal = error;
      }
    }
    // Nobody took it, and somebody should have.
    if (refusal !== undefined) throw refusal;
    return undefined;
  }

  async function noteOn(
    of: EntityType,
    on: number,
    call: KnownCall,
    draft: { note_type: "call_in" | "call_out"; params: CallParams },
    wasTried: boolean,
  ) {
    const notes = amo[of].notes.on(on);
    const user = userThere(ground, call.employee?.user);
    // An earlier try may have written it, and its answer was lost.
    const { items } = wasTried ? await notes.page({ filter: { note_type: draft.note_type }, order: { id: "desc" } }) : { items: [] };
    const twin = items.find(({ params }) => params["uniq"] === draft.params.uniq);
    const made = twin ?? (await notes.create({ ...draft, ...(user !== undefined && { created_by: user, responsible_user_id: user }) }));
    if (of === "contacts") await kit.book.touch("contact", String(on));
    return made.id;
  }

  function paramsOf(key: string, call: KnownCall): CallParams {
    const recording = call.recordings.at(-1);
    const user = userThere(ground, call.employee?.user);
    return {
      uniq: callId(key),
      duration: Math.round(call.talkSeconds ?? call.durationSeconds ?? 0),
      source: ground.account.workspace.name.slice(0, 100) || "Svyazka",
      phone: call.client.e164 ?? call.client.typed,
      ...(recording && { link: kit.recordingUrl(recording) }),
      ...(user !== undefined && { call_responsible: user }),
      ...(call.rating !== undefined && { call_result: String(call.rating) }),
      call_status: call.outcome === undefined ? 4 : statuses[call.outcome],
    };
  }

  return keptCalls({ kit, idOf: callId, knowsUser, knowsContact, write, hasDoneNothing });
}

/** 4: talked; 5: wrong number; 6: no answer; 7: busy. Source: crm_platform/calls-api */
const statuses: Readonly<Record<CallOutcome, NonNullable<CallParams["call_status"]>>> = {
  ...{ answered: 4, missed: 6, cancelled: 6, busy: 7, unavailable: 3, not_allowed: 5, not_found: 5 },
};

/** The same for the same call, for ever: what amoCRM knows it by, and we, too. */
const callId = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);
