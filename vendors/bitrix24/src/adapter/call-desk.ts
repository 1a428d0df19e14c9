import { type CallDesk, userThere } from "@svyazka/core";
import type { Ground } from "./ground.ts";
import { inCall, registeredAs, registerNow } from "./phone-calls.ts";

/** The card of a call on the screens of the portal. Source: telephony.externalCall.show and hide */
export function callDeskIn(ground: Ground): CallDesk {
  const { portal, kit, connection } = ground;
  const screensOf = async (key: string): Promise<readonly number[]> => (await kit.store.get<number[]>("screens", key)) ?? [];
  return {
    async show({ key, user, client, direction, line, contact }) {
      const there = Number(userThere(connection, user));
      if (!(there > 0) || client.e164 === undefined) return;
      const told = {
        ...{ user: there, client, direction, startedAt: kit.now() },
        ...(line !== undefined && { line }),
        ...(contact && { contact: contact.id }),
      };
      const { callId } = await inCall(ground, key, async (registered) => registered ?? registerNow(ground, key, told));
      await kit.exclusively([`screens ${key}`], async () =>
        kit.store.put("screens", key, [...new Set([...(await screensOf(key)), there])], { days: 1 }),
      );
      await portal.telephony.show(callId, [there]);
    },
    async hide({ key, user }) {
      const registered = await registeredAs(ground, key);
      const there = user === undefined ? undefined : Number(userThere(connection, user));
      const screens = (await screensOf(key)).filter((one) => there === undefined || one === there);
      if (registered && screens.length > 0) await portal.telephony.hide(registered.callId, screens);
    },
  };
}
