import type { Decision, RecordId } from "@svyazka/core";
import type { CounterpartyCall } from "../protocol.ts";
import type { Scene } from "./scene.ts";

/** Asked of a person: which of several records a counterparty is. 1C has its id by then, so nothing waits. */
export interface DuplicateAsked extends Omit<Decision, "id"> {
  readonly kind: "contact" | "company";
  readonly theirs: string;
}

export async function askAboutDuplicates(
  { kit, door }: Scene,
  kind: "contact" | "company",
  call: CounterpartyCall,
  taken: RecordId | undefined,
  hits: readonly RecordId[],
): Promise<void> {
  if (call.id_1c === undefined) return;
  const words = door.workspace.language === "ru" ? russian : english;
  const record = words[kind];
  const others = hits.filter((id) => id !== taken);
  await kit.store.put("duplicate", `${kind} ${call.id_1c}`, {
    ...{ kind, theirs: call.id_1c, at: kit.now().toISOString() },
    title: words.title(call.name ?? call.id_1c),
    text: words.text(taken === undefined ? words.made : `${record} ${taken}`, others.map((id) => `${record} ${id}`).join(", ")),
    choices: [{ id: "keep", title: words.keep }, ...others.map((id) => ({ id, title: words.take(`${record} ${id}`) }))],
  } satisfies DuplicateAsked);
}

const russian = {
  contact: "контакт",
  company: "компания",
  made: "новая карточка",
  title: (name: string) => `Возможный дубль: ${name}`,
  text: (taken: string, others: string) =>
    `С контрагентом 1С связано: ${taken}. По тем же ИНН, телефону или e-mail найдено ещё: ${others}.`,
  keep: "Оставить как есть",
  take: (record: string) => `Связать с: ${record}`,
};
const english: typeof russian = {
  contact: "contact",
  company: "company",
  made: "a new record",
  title: (name) => `Possible duplicate: ${name}`,
  text: (taken, others) => `The counterparty of 1C is linked with: ${taken}. The same INN, phone or e-mail also have: ${others}.`,
  keep: "Leave it as it is",
  take: (record) => `Link it with: ${record}`,
};
