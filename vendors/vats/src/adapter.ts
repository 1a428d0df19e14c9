import type { Connected, InboundRequest, Kit, Polled, Received, StopSignal, Vendor } from "@svyazka/core";
import { door, endpointPath } from "./door.ts";
import { invalid, receivePush } from "./endpoint.ts";
import { engineOf, isSimulated } from "./engine.ts";
import { feedOf } from "./feed.ts";
import { paste } from "./paste.ts";
import { apiPath, loginPath, restPath } from "./protocol.ts";
import { receiveServed } from "./served.ts";
import { type Line, settings } from "./settings.ts";
import { telephonyOf } from "./telephony.ts";

/** Virtual PBXs of the ITooLabs platform (Gravitel, MegaFon, MGTS, Kcell, Moldcell), from both sides. */
export const vats: Vendor<typeof settings> = {
  id: "vats",
  title: { ru: "Виртуальная АТС (Gravitel, МегаФон, МГТС)", en: "Virtual PBX (Gravitel, MegaFon, MGTS)" },
  about: {
    ru: "Звонки виртуальной АТС: карточка звонящего, история, записи, звонок по клику. Или сам становится такой АТС для чужой CRM.",
    en: "Calls of a virtual PBX: who is calling, history, recordings, click-to-call. Or it is such a PBX for somebody's CRM.",
  },
  ports: ["telephony", "rehearsal", "callFeed"],
  servesApi: true,
  tells: ["call.ringing", "call.answered", "call.ended", "call.finished", "call.recorded", "call.rated"],
  settings,
  door,

  receive(request: InboundRequest, line: Line, now: Date): Received {
    const isPush = request.path === endpointPath;
    // A request at the wrong side: the address was copied from the wrong connection.
    if (isPush !== (line.settings.side === "crm")) throw invalid(["url"], line);
    return isPush ? receivePush(request, line, now) : receiveServed(request, line);
  },

  connect(line: Line, kit: Kit): Connected {
    if (line.settings.side === "crm") {
      if (!line.settings.domain) return { check: async () => {} };
      const { telephony, check } = telephonyOf(line, kit);
      return { telephony, check };
    }
    const { rehearsal, startCall, users, recording } = engineOf(line, kit);
    return {
      callFeed: feedOf(line, kit),
      // Our own people call through it, too; a borrowed engine is a connection of its own and offers that itself.
      ...(isSimulated(line) && { telephony: { startCall, users, recording } }),
      ...(rehearsal && { rehearsal }),
      async check() {
        await users();
      },
    };
  },

  async poll(line: Line, kit: Kit, since: Date): Promise<Polled | undefined> {
    return line.settings.side === "crm" && line.settings.domain ? telephonyOf(line, kit).poll(since) : undefined;
  },

  listens: ({ settings: { side } }: Line): boolean => side === "pbx",

  listen: (line: Line, kit: Kit, signal: StopSignal): Promise<void> | undefined =>
    line.settings.side === "pbx" ? engineOf(line, kit).watch?.(signal) : undefined,

  paste,

  urls({ id, settings: { side } }: Line, base: string): Record<string, string> {
    const own = `${base}/in/${id}`;
    return side === "crm" ? { inbound: own + endpointPath } : { login: own + loginPath, api: own + apiPath, v1: own + restPath };
  },

  demo: {
    connection: (people) => ({
      settings: {
        side: "pbx",
        engine: "simulated",
        accounts: people.map(({ id, name }, index) => `user${id}:${name.replaceAll(":", " ")}:${101 + index}`),
      },
      users: Object.fromEntries(people.map(({ id }) => [`user${id}`, id])),
    }),
    // One in four rings in vain.
    call: (_line, { phone, luck }) => ({
      from: phone,
      patienceSeconds: 12,
      ...(luck > 0.25 && { answerAfterSeconds: 3 + Math.round(luck * 6), talkSeconds: 10 + Math.round(luck * 40) }),
    }),
  },
};
