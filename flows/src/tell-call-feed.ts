import type { Event, Flow, ToldCall } from "@svyazka/core";
import { staleAfterMs } from "./show-call-card.ts";
import { wordsIn } from "./text.ts";

type Told = "call.ringing" | "call.answered" | "call.ended" | "call.finished" | "call.rated";

/** Tells an outside program that is attached to this PBX what happens on it. What only matters while it happens is not told late. */
export const tellCallFeed: Flow<Told, "callFeed"> = {
  name: "tell-call-feed",
  title: { ru: "Рассказать о звонке чужой CRM", en: "Tell an attached CRM of a call" },
  about: {
    ru: "Передаёт ход звонка программе, для которой мы — АТС.",
    en: "Passes the course of a call on to the program that we are the PBX of.",
  },
  on: ["call.ringing", "call.answered", "call.ended", "call.finished", "call.rated"],
  needs: "callFeed",
  async run(event, at) {
    const { done } = wordsIn(at.workspace.language);
    const told = toldBy(event);
    const isPassing = told.what !== "finished" && told.what !== "rated";
    if (isPassing && at.now.getTime() - event.receivedAt.getTime() > staleAfterMs) return { done: done.tooLateToTell };
    return { done: (await at.port.tell(told)) ? done.told : done.nobodyListens };
  },
};

const toldBy = (event: Event<Told>): ToldCall => ({ what: event.type.replace("call.", ""), call: event.data }) as ToldCall;
