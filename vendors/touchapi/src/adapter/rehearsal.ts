import type { DemoPerson, DemoRequest, EventDraft, Kit, Messenger } from "@svyazka/core";
import type { TouchConnection } from "../settings.ts";
import { hookPath } from "./account.ts";
import { abilitiesOf } from "./messenger.ts";

/** An account that is there to be tried: nothing leaves the hub, everybody reads what we write, and some answer. */
export function rehearsalOf(account: TouchConnection, kit: Kit): Messenger {
  const isRussian = account.workspace.language === "ru";
  return {
    of: String(account.id),
    abilities: abilitiesOf(account.settings),
    async send({ key, place }, { conversation }) {
      const external = `rehearsal-${key}`;
      const chat = conversation.external ?? `${conversation.client.phone?.slice(1) ?? conversation.uid}@c.us`;
      const states: EventDraft<"message.changed">[] = (["delivered", "read"] as const).map((state) => ({
        ...{ type: "message.changed", key: `state ${external} ${state}`, subject: `chat ${chat}` },
        data: { external, change: { state } },
      }));
      const answer: EventDraft<"message.received"> = {
        ...{ type: "message.received", key: `message answer-${external}`, subject: `chat ${chat}` },
        data: {
          conversation: {
            external: chat,
            network: account.settings.source ?? "",
            client: { ...conversation.client, external: conversation.client.external ?? chat },
          },
          message: {
            ...{ external: `answer-${external}`, direction: "in", kind: "text", files: [] },
            ...{ text: isRussian ? "Спасибо, понятно!" : "Thank you, I see!", at: new Date(kit.now().getTime() + 1_000).toISOString() },
          },
        },
      };
      const answers = place === 0 && [...key].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 3 === 0;
      await kit.record(answers ? [...states, answer] : states, { what: "rehearsal" });
      return { external, conversation: chat };
    },
  };
}

/** Somebody who does not exist writes what they want, as a hook. */
export function demoHooks(
  { secrets, settings }: TouchConnection,
  { name, surname, phone, wish, luck }: DemoPerson,
): readonly DemoRequest[] {
  const from = phone.replace(/\D/g, "");
  const at = Math.round(luck * 1e9);
  const hook = (text: string, place: number): DemoRequest => ({
    ...{ method: "POST", path: `/in/${secrets.hook_secret}${hookPath}` },
    body: {
      json: {
        ...{ hook_type: "message", source: settings.source, login: settings.login, thread: `${from}@c.us`, from, to: settings.login },
        ...{ item: `demo-${from}-${at}-${place}`, text, outgoing: false, pushname: `${name} ${surname}` },
      },
    },
  });
  return [hook(wish, 0), ...(luck > 0.7 ? [hook("?", 1)] : [])];
}
