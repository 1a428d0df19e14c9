import type { CallDraft, Event, Flow, Outcome } from "@svyazka/core";
import { callKey, findPeople } from "./call.ts";
import { wordsIn } from "./text.ts";

type Told = "call.ringing" | "call.answered" | "call.finished";

/** Puts a call into the CRM while it rings, and adds what becomes known: one record, whatever the order of what is told. */
export const logCall: Flow<Told, "crm"> = {
  name: "log-call",
  title: { ru: "Записать звонок", en: "Log a call" },
  about: {
    ru: "Ведёт одну запись о звонке: кто, кому, сколько, чем кончилось.",
    en: "Keeps one record of a call: who, whom, how long, how it ended.",
  },
  on: ["call.ringing", "call.answered", "call.finished"],
  needs: "crm",
  async run(event, at): Promise<Outcome> {
    const { contact, deal } = await findPeople(event.data, at);
    const people = { ...(contact && { contact: contact.id }), ...(deal && { deal: deal.id }) };
    const call = await at.port.saveCall({ ...draftOf(event), ...people });
    return { done: wordsIn(at.workspace.language).done.call(call.outcome ?? call.direction), records: { call: call.id, ...people } };
  },
};

function draftOf(event: Event<Told>): CallDraft {
  const { direction, client, line, employee } = event.data;
  const facts = { key: callKey(event), direction, client, ...(line !== undefined && { line }), ...(employee && { employee }) };
  if (event.type === "call.answered") return { ...facts, state: "talking" };
  // There is no better time than that of its arrival until the account of the call comes.
  if (!isFinished(event)) return { ...facts, state: "ringing", startedAt: event.receivedAt };
  const { outcome, startedAt, waitSeconds, talkSeconds, durationSeconds, recordings, rating } = event.data;
  return {
    ...facts,
    state: "over",
    ...(outcome !== undefined && { outcome }),
    ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
    ...(waitSeconds !== undefined && { waitSeconds }),
    ...(talkSeconds !== undefined && { talkSeconds }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(rating !== undefined && { rating }),
    recordings: recordings.map((url) => ({ url })),
  };
}

const isFinished = (event: Event<Told>): event is Event<"call.finished"> => event.type === "call.finished";
