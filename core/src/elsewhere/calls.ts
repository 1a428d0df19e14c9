import { type CallDraft, type KnownCall, mergeCall } from "../calls.ts";
import type { Kit } from "../kit.ts";
import type { Crm, SavedCall } from "../ports.ts";
import type { RecordId } from "../words.ts";
import { saysNothingWasDone } from "./once.ts";

/** A call is kept here while it goes on, and written into a CRM elsewhere when it is due: few of them have a call that is not over. */

/** What is known of a call, and what it has become over there. */
interface Kept<W> {
  readonly call: KnownCall;
  /** It has been tried to write it down. */
  readonly tried?: true;
  readonly written?: W;
}

/** How far the writing of one call has come. */
export interface CallWriting<W> {
  /** What earlier tries and tellings have made of it. */
  readonly written: W | undefined;
  /** A try has begun before, and its answer may have been lost: look before making anything. */
  readonly wasTried: boolean;
  /** Puts down at once what has been made so far: a next try goes on from there. For what is written by several requests. */
  keep(written: W): Promise<void>;
}

export interface CallsElsewhere<W> {
  readonly kit: Pick<Kit, "store" | "exclusively">;
  /** What the call is known by: the same for the same key, for ever. */
  idOf(key: string): RecordId;
  knowsUser(user: RecordId): Promise<boolean>;
  knowsContact(contact: RecordId): Promise<boolean>;
  /** Whether there may be anything to write by now. Once it is over, unless told. */
  isDue?(call: KnownCall): boolean;
  /**
   * Writes it over there, each time it is told of: for the first time, or what has changed since. Answers what it has become, and undefined, or what it was given, when
   * nothing is new. What it throws is thrown by `saveCall`; the call is kept all the same.
   */
  write(key: string, call: KnownCall, writing: CallWriting<W>): Promise<W | undefined>;
  /** Whether a `write` whose last request ended so has done nothing by it: then the next try is not taken for a second one. As in `Write`. */
  hasDoneNothing?(error: unknown): boolean;
}

/** So long somebody may still add a recording or a mark to it. */
const keptDays = 400;
/** So long a call of somebody who is nobody over there waits for them to become somebody. */
const waitingDays = 3;

/** The calls of a CRM elsewhere: whoever is not there is left out of them. What `write` answers must be plain JSON. */
export function keptCalls<W>(options: CallsElsewhere<W>): Pick<Crm, "saveCall" | "findCall"> {
  const { kit, idOf, write, isDue = ({ state }) => state === "over", hasDoneNothing = saysNothingWasDone } = options;
  const { store } = kit;
  const put = (key: string, kept: Kept<W>): Promise<void> => store.put("call", key, kept, { days: keptDays });

  async function saveCall({ key, ...told }: CallDraft): Promise<SavedCall> {
    const saved = await kit.exclusively([`call ${key}`], async () => {
      const before = revive(await store.get<Kept<W>>("call", key));
      const call = mergeCall(before?.call, await thoseThere(options, told));
      const kept: Kept<W> = { ...before, call };
      await put(key, kept);
      const isWritten = isDue(call) && (await writeDown(key, kept));
      if (call.state === "over" && !isWritten) await wait(key, call);
      await rememberSpoken(call);
      return savedOf(key, call);
    });
    await writeWaiting(saved);
    return saved;
  }

  /** Nobody over there has this number yet, so that there is no place for it. */
  async function wait(key: string, { client: { e164 }, contact, deal, direction }: KnownCall): Promise<void> {
    if (e164 === undefined || (contact ?? deal) !== undefined || direction === "internal") return;
    await kit.exclusively([`waiting calls ${e164}`], async () => {
      const keys = (await store.get<string[]>("waiting", e164)) ?? [];
      if (!keys.includes(key)) await store.put("waiting", e164, [...keys, key], { days: waitingDays });
    });
  }

  /** Calls go on apart from each other: somebody may have been called back before the call that made them somebody was written down. */
  async function writeWaiting({ client: { e164 }, contact, deal }: SavedCall): Promise<void> {
    if (e164 === undefined || contact === undefined) return;
    const keys = (await store.get<string[]>("waiting", e164)) ?? [];
    for (const key of keys)
      await kit.exclusively([`call ${key}`], async () => {
        const kept = revive(await store.get<Kept<W>>("call", key));
        if (kept && kept.written === undefined)
          await writeDown(key, { ...kept, call: { ...kept.call, contact, ...(deal !== undefined && { deal }) } });
      });
    if (keys.length === 0) return;
    await kit.exclusively([`waiting calls ${e164}`], async () => {
      const left = ((await store.get<string[]>("waiting", e164)) ?? []).filter((key) => !keys.includes(key));
      if (left.length > 0) await store.put("waiting", e164, left, { days: waitingDays });
      else await store.remove("waiting", e164);
    });
  }

  /** Whether it stands there now. */
  async function writeDown(key: string, before: Kept<W>): Promise<boolean> {
    let kept: Kept<W> = { ...before, tried: true };
    if (!before.tried) await put(key, kept);
    const keep = async (written: W): Promise<void> => {
      kept = { ...kept, written };
      await put(key, kept);
    };
    const wasTried = before.tried === true;
    try {
      const written = await write(key, kept.call, { written: kept.written, wasTried, keep });
      if (written !== undefined && written !== kept.written) await keep(written);
      return kept.written !== undefined;
    } catch (error) {
      const { tried: _, ...untried } = kept;
      if (!wasTried && hasDoneNothing(error)) await put(key, untried);
      throw error;
    }
  }

  async function findCall(key: string): Promise<SavedCall | undefined> {
    const kept = revive(await store.get<Kept<W>>("call", key));
    return kept && savedOf(key, kept.call);
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
      ...{ id: idOf(key), direction, client, isOver: state === "over" },
      isReturned: spoken !== undefined && startedAt !== undefined && spoken > startedAt.getTime(),
      ...(outcome !== undefined && { outcome }),
      ...(employee?.user !== undefined && { user: employee.user }),
      ...(contact !== undefined && { contact }),
      ...(deal !== undefined && { deal }),
    };
  }

  return { saveCall, findCall };
}

type Told = Omit<CallDraft, "key">;

/** Whoever is not there is left out: the call is kept all the same. */
async function thoseThere(
  { knowsUser, knowsContact }: Pick<CallsElsewhere<never>, "knowsUser" | "knowsContact">,
  told: Told,
): Promise<Told> {
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

/** Moments come back from the store as text. */
function revive<W>(kept: Kept<W> | undefined): Kept<W> | undefined {
  const startedAt = kept?.call.startedAt;
  return kept && startedAt ? { ...kept, call: { ...kept.call, startedAt: new Date(startedAt) } } : kept;
}
