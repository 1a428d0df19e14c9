import type { Flow } from "@svyazka/core";
import { callKey } from "./call.ts";
import { staleAfterMs } from "./show-call-card.ts";
import { wordsIn } from "./text.ts";

type Told = "call.answered" | "call.ended" | "call.finished";

/** Takes the card off: from everybody when the call is answered or over, from one when only their phone stopped ringing. */
export const hideCallCard: Flow<Told, "callDesk"> = {
  name: "hide-call-card",
  title: { ru: "Убрать карточку звонка", en: "Take the card of a call away" },
  about: { ru: "Убирает карточку, когда звонок принят или закончен.", en: "Takes the card away when the call is answered or over." },
  on: ["call.answered", "call.ended", "call.finished"],
  needs: "callDesk",
  async run(event, at) {
    const { done } = wordsIn(at.workspace.language);
    if (at.now.getTime() - event.receivedAt.getTime() > staleAfterMs) return { done: done.cardStale };
    const user = event.data.employee?.user;
    const isOneLeg = event.type === "call.ended" && "how" in event.data && event.data.how === "cancelled" && user !== undefined;
    await at.port.hide({ key: callKey(event), ...(isOneLeg && { user }), because: event.type === "call.answered" ? "answered" : "ended" });
    return { done: done.cardHidden };
  },
};
