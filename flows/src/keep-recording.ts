import { type Flow, Unavailable } from "@svyazka/core";
import { callKey } from "./call.ts";
import { wordsIn } from "./text.ts";

/** Copies a recording into our own storage when it appears, and ties it to its call. */
export const keepRecording: Flow<"call.recorded", "crm"> = {
  name: "keep-recording",
  title: { ru: "Сохранить запись разговора", en: "Keep a recording" },
  about: {
    ru: "Копирует запись разговора в хранилище хаба и прикладывает к звонку.",
    en: "Copies a recording to the hub and puts it with the call.",
  },
  on: ["call.recorded"],
  needs: "crm",
  async run(event, at) {
    const { url, handling } = event.data;
    const words = wordsIn(at.workspace.language);
    if (handling.recordingDays === 0) return { done: words.done.recordingLeft };
    const file = await at.keepFile(url, { days: handling.recordingDays });
    const key = callKey(event);
    const known = await at.port.findCall(key);
    if (!known) throw new Unavailable("the call of this recording is not known yet");
    const { direction, client, id } = known;
    await at.port.saveCall({ key, direction, client, state: known.isOver ? "over" : "ringing", recordings: [{ url, file: file.id }] });
    return { done: words.done.recordingKept(file.bytes), records: { call: id, file: file.id } };
  },
};
