import type { DealDraft, DealRecord, Event, Flow, FlowContext, Outcome, ProgressedOrder } from "@svyazka/core";
import { joinLines, wordsIn } from "./text.ts";

/** A payment, a shipment or a cancellation stands in the deal, moves it, and money that stays away becomes somebody's task. */
export const noteOrderProgress: Flow<"order.progressed", "crm"> = {
  name: "note-order-progress",
  title: { ru: "Оплаты и отгрузки в сделке", en: "Payments and shipments in the deal" },
  about: {
    ru: "Записывает оплату, отгрузку или отмену в сделку, двигает её по этапам и ставит задачу, если деньги задерживаются.",
    en: "Puts a payment, a shipment or a cancellation into the deal, moves it along, and makes a task when money is late.",
  },
  on: ["order.progressed"],
  needs: "crm",
  async run(event, at): Promise<Outcome> {
    const words = wordsIn(at.workspace.language);
    const told = event.data;
    const deal = await at.port.findRecord("deal", told.deal);
    if (!deal) return { done: words.done.recordGone };
    const note = await at.port.addEntry({ kind: "note", key: at.key("note"), on: { deal: deal.id }, text: noteOf(told, at) });
    const change = changeOf(told, deal, at);
    if (change) await at.port.saveDeal({ ...change, key: at.key("deal"), id: deal.id });
    await seeToMoney(event, deal, at);
    return { done: words.done.orderStep[told.step], records: { deal: deal.id, note: note.id } };
  },
};

function noteOf({ step, sum, debt, document }: ProgressedOrder, { workspace }: Pick<FlowContext, "workspace">): string {
  const words = wordsIn(workspace.language);
  const amount = (text: string | undefined): string | undefined => text && `${text} ${workspace.currency}`;
  return joinLines([
    [words.orderStep[step], amount(sum)].filter(Boolean).join(": "),
    debt !== undefined && `${words.owed}: ${amount(debt)}`,
    document && `${words.document}: ${document}`,
  ]);
}

/** Whatever comes after the end of a deal is written down and does not open it again. Undefined when there is nothing to change. */
function changeOf(
  { handling, step, paid, debt, shipped }: ProgressedOrder,
  deal: DealRecord,
  at: FlowContext,
): Partial<DealDraft> | undefined {
  const isOver = deal.state === "lost" || (deal.state === "won" && step !== "cancelled");
  const sums = { paid, debt, shipped };
  const fields = Object.fromEntries(
    Object.entries(handling.fields).flatMap(([name, code]): [string, string][] => {
      const sum = sums[name as keyof typeof sums];
      return code !== undefined && sum !== undefined && deal.fields[code] !== sum && at.hasDealField(code) ? [[code, sum]] : [];
    }),
  );
  const stage = isOver || handling.stage === deal.stage ? undefined : handling.stage;
  if (stage === undefined && Object.keys(fields).length === 0) return undefined;
  return { ...(stage !== undefined && { stage }), ...(Object.keys(fields).length > 0 && { fields }) };
}

const lateMark = (deal: string): string => `money-late:${deal}`;

/** While something is owed, somebody is to ask for it, `lateDays` after the last step; when nothing is, nobody. */
async function seeToMoney({ data }: Event<"order.progressed">, deal: DealRecord, at: FlowContext<"crm">): Promise<void> {
  const { debt, step, handling } = data;
  const words = wordsIn(at.workspace.language);
  const before = new Date(new Date(data.at).getTime() + 1);
  const owes = debt !== undefined && Number(debt) > 0;
  if (step === "paid" || step === "cancelled" || (debt !== undefined && !owes)) {
    await at.port.closeTasks({ mark: lateMark(deal.id), before }, words.orderStep[step]);
    return;
  }
  if (!owes || handling.lateDays === 0) return;
  await at.port.closeTasks({ mark: lateMark(deal.id), before }, words.orderStep[step]);
  await at.port.addEntry({
    ...{ kind: "task", key: at.key("late"), on: { deal: deal.id }, title: words.moneyLate(`${debt} ${at.workspace.currency}`) },
    due: new Date(new Date(data.at).getTime() + handling.lateDays * 86_400_000).toISOString(),
    mark: { name: lateMark(deal.id), at: data.at },
    ...(deal.responsible !== undefined && at.isActiveUser(deal.responsible) && { responsible: deal.responsible }),
  });
}
