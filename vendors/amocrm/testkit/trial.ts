import { type EntryTarget, readEmail, readPhone } from "@svyazka/core";
import type { CrmOnTrial, KeptEntry } from "@svyazka/core/testkit";
import { codeOf, stageId } from "../src/adapter/setup.ts";
import { type Amo, fieldOf, fieldText, fieldTexts, listed } from "../src/client.ts";

/** What the suite of CRMs needs of an account, and how it looks at what is there: through the client, as anybody would. */

export async function prepareAccount(amo: Amo): Promise<void> {
  await amo.pipelines.create({
    name: "Сервис",
    sort: 2,
    is_main: false,
    is_unsorted_on: false,
    _embedded: {
      statuses: [
        { name: "Заявка", sort: 20 },
        { name: "В работе", sort: 30 },
      ],
    },
  });
  await amo.leads.fields.create({ name: "Площадь", type: "numeric", code: "AREA" });
  await amo.leads.fields.create({
    name: "Размер",
    type: "select",
    code: "SIZE",
    enums: [
      { value: "Малый", sort: 1 },
      { value: "Большой", sort: 2 },
    ],
  });
  await amo.contacts.fields.create({ name: "Сайт", type: "url", code: "WEB" });
  if (!(await listed(amo.companies.fields.all())).some(({ code }) => code === "INN"))
    await amo.companies.fields.create({ name: "ИНН", type: "text", code: "INN" });
  await amo.sources.create({ name: "Сайт", external_id: "site" });
}

export function accountReader(amo: Amo): CrmOnTrial["read"] {
  const id = (number: number | undefined): string | undefined => (number ? String(number) : undefined);
  const named = (members: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return {
    async contact(number) {
      const contact = await amo.contacts.get(Number(number));
      return {
        ...{ name: contact.first_name, surname: contact.last_name, tags: contact._embedded.tags.map(({ name }) => name) },
        phones: fieldTexts(contact, "PHONE").map(({ value }) => readPhone(value, "RU")?.e164 ?? value),
        emails: fieldTexts(contact, "EMAIL").map(({ value }) => readEmail(value) ?? value),
        ...named({
          position: fieldText(contact, "POSITION"),
          website: fieldText(contact, "WEB"),
          company: id(contact._embedded.companies[0]?.id),
        }),
        ...named({ responsible: id(contact.responsible_user_id) }),
      };
    },
    async deal(number) {
      const lead = await amo.leads.get(Number(number), ["contacts", "source_id"]);
      const fields = await listed(amo.leads.fields.all());
      return {
        ...{ name: lead.name, pipeline: String(lead.pipeline_id), stage: stageId({ id: lead.status_id, pipeline_id: lead.pipeline_id }) },
        sum: { minor: lead.price * 100, currency: "RUB" },
        contacts: (lead._embedded.contacts ?? []).map((one) => String(one.id)),
        ...named({
          company: id(lead._embedded.companies[0]?.id),
          responsible: id(lead.responsible_user_id),
          source: id(lead.source_id ?? 0),
        }),
        tags: lead._embedded.tags.map(({ name }) => name),
        fields: Object.fromEntries(
          fields.flatMap((field) => (fieldOf(lead, field.id) ? [[codeOf(field), fieldText(lead, field.id) ?? ""] as const] : [])),
        ),
      };
    },
    entriesOn: (target) => entriesOn(amo, target),
  };
}

async function entriesOn(amo: Amo, target: EntryTarget | undefined): Promise<readonly KeptEntry[]> {
  const [kind, id] = Object.entries(target ?? {})[0] ?? [];
  const of = kind === "contact" ? ("contacts" as const) : kind === "company" ? ("companies" as const) : ("leads" as const);
  const notes = target ? await listed(amo[of].notes.on(Number(id)).all({ order: { id: "asc" } })) : [];
  const tasks = (await listed(amo.tasks.all())).filter((task) =>
    target ? task.entity_type === of && task.entity_id === Number(id) : task.entity_id === null,
  );
  return [
    ...notes
      .filter(({ note_type }) => note_type === "common")
      .map((note): KeptEntry => ({ kind: "note", text: String(note.params["text"]) })),
    ...tasks.map((task): KeptEntry => {
      const [title = "", ...text] = task.text.split("\n");
      return {
        ...{ kind: "task", title, text: text.join("\n"), due: new Date(task.complete_till * 1000).toISOString() },
        ...{ type: String(task.task_type_id), responsible: String(task.responsible_user_id) },
      };
    }),
  ];
}
