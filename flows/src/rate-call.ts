import type { Flow } from "@svyazka/core";
import { Unavailable } from "@svyazka/core";
import { callKey } from "./call.ts";
import { wordsIn } from "./text.ts";

/** Adds the client's mark to the call. */
export const rateCall: Flow<"call.rated", "crm"> = {
  name: "rate-call",
  title: { ru: "Записать оценку звонка", en: "Note the rating of a call" },
  about: { ru: "Записывает оценку, которую поставил клиент.", en: "Notes the rating that the client gave." },
  on: ["call.rated"],
  needs: "crm",
  async run(event, at) {
    const key = callKey(event);
    const known = await at.port.findCall(key);
    if (!known) throw new Unavailable("the call that was rated is not known yet");
    const { direction, client, id } = known;
    await at.port.saveCall({ key, direction, client, state: known.isOver ? "over" : "ringing", rating: event.data.rating });
    return { done: wordsIn(at.workspace.language).done.callRated(event.data.rating), records: { call: id } };
  },
};
