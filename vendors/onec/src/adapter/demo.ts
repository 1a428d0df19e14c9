import type { DemoPerson, DemoRequest } from "@svyazka/core";
import { callPaths } from "../protocol.ts";
import type { OneC } from "../settings.ts";

/** What a base of a company that does not exist tells: somebody new, their order, and, with some luck, their money. */
export function demoRequests({ secrets, workspace }: OneC, { name, surname, phone, email, luck }: DemoPerson): readonly DemoRequest[] {
  const from = { key: workspace.id, id_base: workspace.language === "ru" ? "Бухгалтерия" : "Accounting" };
  const id = phone.replace(/\D/g, "");
  const budget = Math.round(20 + luck * 980) * 100;
  const number = `УТ-${id.slice(-4)}`;
  const call = (path: string, rest: object): DemoRequest => ({
    ...{ method: "POST", path: `/in/${secrets.path_secret}${path}` },
    body: { json: { ...from, ...rest } },
  });
  const paid =
    luck > 0.6
      ? { event_name: "payment", sum: budget, debt_sum: 0 }
      : { event_name: "part_payment", sum: budget / 2, debt_sum: budget / 2 };
  return [
    call(callPaths.contacts, { id_1c: `client-${id}`, name: `${surname} ${name}`, phone, email }),
    call(callPaths.orders, { id_1c: `order-${id}`, budget, order_number: number, name: `${number}: ${surname} ${name}` }),
    ...(luck > 0.3 ? [call(callPaths.event, { ...paid, id_1c: `order-${id}`, document_name: `${number}` })] : []),
  ];
}
