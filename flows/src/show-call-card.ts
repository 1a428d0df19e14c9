import type { Flow } from "@svyazka/core";
import { callKey, tellingNumber } from "./call.ts";
import { wordsIn } from "./text.ts";

/** A card that comes later than this would show a call that is over. */
export const staleAfterMs = 30_000;

/** Shows who is calling on the screen of the person whose phone rings. */
export const showCallCard: Flow<"call.ringing", "callDesk"> = {
  name: "show-call-card",
  title: { ru: "Показать карточку звонка", en: "Show the card of a call" },
  about: { ru: "Показывает тому, у кого звонит телефон, кто звонит.", en: "Shows whoever's phone rings who is calling." },
  on: ["call.ringing"],
  needs: "callDesk",
  async run(event, at) {
    const { direction, client, line, employee } = event.data;
    const { done } = wordsIn(at.workspace.language);
    if (employee?.user === undefined) return { done: done.cardForNobody };
    if (at.now.getTime() - event.receivedAt.getTime() > staleAfterMs) return { done: done.cardStale };
    await at.port.show({
      key: callKey(event),
      direction,
      client: tellingNumber(client) === undefined ? { typed: client.typed } : client,
      ...(line !== undefined && { line }),
      user: employee.user,
    });
    return { done: done.cardShown, records: { user: employee.user } };
  },
};
