import type { Answer, Kit, Sibling } from "@svyazka/core";
import type { BaseCall } from "../protocol.ts";
import type { OneC } from "../settings.ts";
import { done } from "./replies.ts";
import type { Scene } from "./scene.ts";

/** Bases that present themselves at the door: each is a connection of its own, so it has a state, a queue and a journal of its own. */

/** A base that nobody has approved yet, or that a person switched off. Its words are for the person at 1C. */
export class NotApproved extends Error {}

/** Anybody who knows the number of a company can present bases: a person has to be able to look through them. */
const mostPending = 20;

export interface AtDoor {
  readonly door: OneC;
  readonly kit: Kit;
  readonly isTrusted: boolean;
}

export const baseOf = async ({ door, kit }: Pick<AtDoor, "door" | "kit">, id: string): Promise<Sibling | undefined> =>
  (await basesOf({ door, kit })).find(({ settings }) => settings["id_base"] === id);

export const basesOf = async ({ door, kit }: Pick<AtDoor, "door" | "kit">): Promise<readonly Sibling[]> =>
  (await kit.siblings.list()).filter(({ settings }) => settings["side"] === "base" && settings["door"] === String(door.id));

const isPending = ({ settings, isDisabled }: Sibling): boolean => settings["pending"] === true && isDisabled;

/** A person may have let it in by switching it on: what is switched off from now on is not a newcomer that waits. */
async function noteApproval({ kit }: Pick<AtDoor, "kit">, { id, settings, isDisabled }: Sibling): Promise<void> {
  if (settings["pending"] === true && !isDisabled) await kit.siblings.change(id, { pending: false });
}

/** Throws `NotApproved`. A base that is trusted and has never presented itself is taken as one that only speaks. */
export async function mustBeBase(at: AtDoor, id: string): Promise<Scene> {
  const isWelcome = at.isTrusted || at.door.settings.approve === "auto";
  let base = await baseOf(at, id);
  if (!base && isWelcome) base = await makeBase(at, id, {}, false);
  if (!base) throw new NotApproved(`База ${id} не зарегистрирована: вызовите /sync/base и дождитесь подтверждения в хабе`);
  if (isPending(base)) throw new NotApproved(`База ${id} ждёт подтверждения в хабе`);
  if (base.isDisabled) throw new NotApproved(`База ${id} выключена в хабе`);
  await noteApproval(at, base);
  const kit = await at.kit.siblings.kitOf(base.id);
  if (!kit) throw new NotApproved(`База ${id} удалена в хабе`);
  return { door: at.door, base, kit, doorKit: at.kit, isTrusted: at.isTrusted, warnings: [] };
}

/** One that comes by the site exchange: no handlers, and nobody to call. */
export async function mustBeExchange(at: AtDoor, id: string): Promise<Scene> {
  if (!(await baseOf(at, id)))
    await at.kit.exclusively([`base ${id}`], async () => (await baseOf(at, id)) ?? makeBase(at, id, { exchange: true }, false));
  return mustBeBase(at, id);
}

/** 2.2. What is told to an address that nobody has approved waits; an approved address stays in use until a person accepts another. */
export function registerBase(at: AtDoor, call: BaseCall): Promise<Answer> {
  const { door, kit, isTrusted } = at;
  const isWelcome = isTrusted || door.settings.approve === "auto";
  // It is asked by the key that it has told: the handlers of 1C look at it, too.
  const known_key = call.key === String(door.workspace.id) ? "" : call.key;
  const given = { web_address: call.web_address, url_address: call.url_address, login: call.param1, password: call.param2, known_key };
  return kit.exclusively([`base ${call.id_base}`], async () => {
    const base = await baseOf(at, call.id_base);
    if (!base) {
      if (!isWelcome && (await basesOf(at)).filter(isPending).length >= mostPending)
        throw new NotApproved(`В хабе уже ${mostPending} баз ждут подтверждения: подтвердите или отклоните их`);
      await makeBase(at, call.id_base, given, !isWelcome);
      return { ...done(null), detail: isWelcome ? "База подключена" : "База ждёт подтверждения" };
    }
    await noteApproval(at, base);
    const isSame = Object.entries(given).every(([name, value]) => (base.settings[name] ?? base.secrets[name] ?? "") === value);
    if (isPending(base) || (isSame && !base.isDisabled)) {
      if (isPending(base) && isWelcome) await kit.siblings.change(base.id, { ...given, pending: false });
      // The latest of what has not been approved is what a person sees.
      else if (isPending(base) && !isSame) await kit.siblings.remove(base.id).then(() => makeBase(at, call.id_base, given, true));
      return { ...done(null), detail: isPending(base) && !isWelcome ? "База ждёт подтверждения" : "База подключена" };
    }
    if (base.isDisabled) throw new NotApproved(`База ${call.id_base} выключена в хабе`);
    if (isWelcome) {
      await kit.siblings.change(base.id, given);
      return { ...done(null), detail: "Адрес базы изменён" };
    }
    await kit.store.put("change", call.id_base, { ...given, at: kit.now().toISOString() });
    return { ...done(null), detail: "Новый адрес базы ждёт подтверждения" };
  });
}

async function makeBase(
  { door, kit }: AtDoor,
  id: string,
  given: Readonly<Record<string, string | boolean>>,
  isPending: boolean,
): Promise<Sibling | undefined> {
  await kit.siblings.add({
    name: `1С: ${id}`.slice(0, 100),
    settings: {
      ...{ side: "base", door: String(door.id), id_base: id, pending: isPending, ...given },
      ...(door.settings.default_user && { default_user: door.settings.default_user }),
    },
    // A 1C stands in the building of the company: approval is the guard, and not its address (onec.md §4).
    mayReachPrivateAddresses: true,
    ...(isPending && { isDisabled: true }),
  });
  return baseOf({ door, kit }, id);
}
