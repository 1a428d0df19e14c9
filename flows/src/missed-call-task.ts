import type { Event, Flow, FlowContext, Outcome, SavedCall } from "@svyazka/core";
import { callKey, findPeople, missedMark, tellingNumber } from "./call.ts";
import { ifActive, nextInTurn } from "./responsible.ts";
import { wordsIn } from "./text.ts";

type Told = "call.answered" | "call.finished";

/** A missed call makes a task to return it, and a conversation with that person, whoever began it, closes the task. */
export const missedCallTask: Flow<Told, "crm"> = {
  name: "missed-call-task",
  title: { ru: "Задача о пропущенном звонке", en: "A task about a missed call" },
  about: {
    ru: "Ставит задачу перезвонить и закрывает её, когда с клиентом поговорили.",
    en: "Puts down a task to call back, and closes it when somebody has spoken with them.",
  },
  on: ["call.answered", "call.finished"],
  needs: "crm",
  async run(event, at): Promise<Outcome> {
    const { done } = wordsIn(at.workspace.language);
    const e164 = tellingNumber(event.data.client);
    if (e164 === undefined) return { done: done.noNumber };
    const call = await at.port.findCall(callKey(event));
    if (event.type === "call.answered" || call?.outcome === "answered") return closeTasks(event, e164, at);
    if (!isFinished(event) || call?.outcome !== "missed" || event.data.handling.missedTaskMinutes === 0) return { done: done.noTask };
    if (call.isReturned) return { done: done.callReturned };
    return makeTask(event, e164, call, at);
  },
};

async function closeTasks(event: Event<Told>, e164: string, at: FlowContext<"crm">): Promise<Outcome> {
  const words = wordsIn(at.workspace.language);
  const closed = await at.port.closeTasks({ mark: missedMark(e164), before: momentOf(event) }, words.calledBack);
  return { done: words.done.tasksClosed(closed) };
}

async function makeTask(event: Event<"call.finished">, e164: string, call: SavedCall, at: FlowContext<"crm">): Promise<Outcome> {
  const words = wordsIn(at.workspace.language);
  const { contact, deal } = await findPeople(event.data, at);
  const { handling } = event.data;
  const moment = momentOf(event);
  const responsible =
    ifActive(deal?.responsible, at) ??
    ifActive(contact?.responsible, at) ??
    ifActive(call.user, at) ??
    (await nextInTurn(handling.responsible, at));
  const task = await at.port.addEntry({
    kind: "task",
    key: `${callKey(event)}:missed`,
    ...(deal ? { on: { deal: deal.id } } : contact && { on: { contact: contact.id } }),
    title: words.missedCall(contact?.name ? `${contact.name}, ${e164}` : e164),
    due: new Date(moment.getTime() + handling.missedTaskMinutes * 60_000).toISOString(),
    mark: { name: missedMark(e164), at: moment.toISOString() },
    ...(responsible !== undefined && { responsible }),
  });
  return {
    done: words.done.missedTask,
    records: { call: call.id, task: task.id, ...(contact && { contact: contact.id }), ...(deal && { deal: deal.id }) },
  };
}

const isFinished = (event: Event<Told>): event is Event<"call.finished"> => event.type === "call.finished";

const momentOf = (event: Event<Told>): Date =>
  isFinished(event) && event.data.startedAt !== undefined ? new Date(event.data.startedAt) : event.receivedAt;
