import { createHash } from "node:crypto";
import { type CallDraft, type CallOutcome, type Crm, type KnownCall, mergeCall, type RecordId, type SavedCall } from "@svyazka/core";
import { AmoInvalid, AmoNotFound, type CallParams } from "../client.ts";
import type { EntityType } from "../protocol.ts";
import { type Ground, gone, userThere } from "./ground.ts";

/** A call is kept here while it goes on, and written into the account as one note when it is over: amoCRM has no call that is not over. */

/** What is known of it, and the note that it has become. */
interface Kept {
  readonly call: KnownCall;
  /** It has been tried to write it down. */
  readonly tried?: true;
  readonly note?: { readonly of: EntityType; readonly on: number; readonly id: number; readonly params: string };
}

/** So long somebody may still add a recording or a mark to it. */
const keptDays = 400;

export function callsIn(ground: Ground): Pick<Crm, "saveCall" | "findCall"> {
  const { kit, amo, setups } = ground;
  const { store } = kit;

  async function saveCall({ key, ...told }: CallDraft): Promise<SavedCall> {
    return kit.exclusively([`call ${key}`], async () => {
      const before = revive(await store.get<Kept>("call", key));
      const call = mergeCall(before?.call, await whoIsThere(told));
      let kept: Kept = { ...before, call };
      await store.put("call", key, kept, { days: keptDays });
      if (call.state === "over") {
        const note = await writeNote(key, kept.tried ? kept : await tryFirst(key, kept));
        if (note !== kept.note) {
          kept = { ...kept, tried: true, ...(note && { note }) };
          await store.put("call", key, kept, { days: keptDays });
        }
      }
      await rememberSpoken(call);
      return savedOf(key, call);
    });
  }

  /** Answers as it was: what is kept says that a try has begun. */
  async function tryFirst(key: string, kept: Kept): Promise<Kept> {
    await store.put("call", key, { ...kept, tried: true } satisfies Kept, { days: keptDays });
    return kept;
  }

  async function findCall(key: string): Promise<SavedCall | undefined> {
    const kept = revive(await store.get<Kept>("call", key));
    return kept && savedOf(key, kept.call);
  }

  /** Whoever is not there is left out: the call is kept all the same. */
  async function whoIsThere(told: Omit<CallDraft, "key">): Promise<Omit<CallDraft, "key">> {
    const { contact, employee, ...rest } = told;
    const user = employee?.user;
    const isUser = user !== undefined && (await knowsUser(user));
    const { user: _, ...account } = employee ?? {};
    const isContact = contact !== undefined && (await knowsContact(contact));
    return {
      ...rest,
      ...(employee && { employee: isUser ? employee : account }),
      ...(isContact && { contact }),
    };
  }

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
  async function writeNote(key: string, kept: Kept): Promise<Kept["note"]> {
    const { call, note } = kept;
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
        return { of, on: Number(id), id: await noteOn(of, Number(id), kept, { note_type, params }), params: text };
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
    { call, tried }: Kept,
    draft: { note_type: "call_in" | "call_out"; params: CallParams },
  ) {
    const notes = amo[of].notes.on(on);
    const user = userThere(ground, call.employee?.user);
    // An earlier try may have written it, and its answer was lost.
    const { items } = tried ? await notes.page({ filter: { note_type: draft.note_type }, order: { id: "desc" } }) : { items: [] };
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

  async function rememberSpoken({ answered, client, startedAt }: KnownCall): Promise<void> {
    if (!answered || client.e164 === undefined || !startedAt) return;
    const last = await store.get<number>("spoken", client.e164);
    if (last === undefined || last < startedAt.getTime()) await store.put("spoken", client.e164, startedAt.getTime(), { days: keptDays });
  }

  async function savedOf(key: string, call: KnownCall): Promise<SavedCall> {
    const { direction, client, state, outcome, employee, contact, deal, startedAt } = call;
    const spoken = client.e164 === undefined ? undefined : await store.get<number>("spoken", client.e164);
    return {
      ...{ id: callId(key), direction, client, isOver: state === "over" },
      isReturned: spoken !== undefined && startedAt !== undefined && spoken > startedAt.getTime(),
      ...(outcome !== undefined && { outcome }),
      ...(employee?.user !== undefined && { user: employee.user }),
      ...(contact !== undefined && { contact }),
      ...(deal !== undefined && { deal }),
    };
  }

  return { saveCall, findCall };
}

/** 4: talked; 5: wrong number; 6: no answer; 7: busy. Source: crm_platform/calls-api */
const statuses: Readonly<Record<CallOutcome, NonNullable<CallParams["call_status"]>>> = {
  ...{ answered: 4, missed: 6, cancelled: 6, busy: 7, unavailable: 3, not_allowed: 5, not_found: 5 },
};

/** The same for the same call, for ever: what amoCRM knows it by, and we, too. */
const callId = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);

/** Moments come back from the store as text. */
function revive(kept: Kept | undefined): Kept | undefined {
  const startedAt = kept?.call.startedAt;
  return kept && startedAt ? { ...kept, call: { ...kept.call, startedAt: new Date(startedAt) } } : kept;
}
