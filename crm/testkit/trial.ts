import type { ConnectionId, Workspace, WorkspaceId } from "@svyazka/core";
import { type CrmOnTrial, type KeptEntry, loneKit } from "@svyazka/core/testkit";
import {
  builtinCrm,
  createDefaults,
  createField,
  createPipeline,
  createUser,
  type Database,
  getContact,
  getDeal,
  listNotes,
  listTasks,
  readDirectory,
  sources,
} from "../src/index.ts";

export const workspaceOf = (id: number): Workspace => ({
  id: id as WorkspaceId,
  subdomain: `company${id}`,
  name: "ООО Пример",
  country: "RU",
  timeZone: "Europe/Moscow",
  language: "ru",
  currency: "RUB",
});

/** The built-in CRM in a workspace of its own, with what the suite needs. */
export async function crmOnTrial(database: Database, workspace: Workspace): Promise<Omit<CrmOnTrial, "close">> {
  const sql = database.in(workspace.id);
  await createDefaults(sql, workspace);
  await createUser(sql, { name: "Мария", email: "maria@example.com", role: "manager" });
  await createPipeline(sql, {
    name: "Сервис",
    stages: [{ name: "Заявка" }, { name: "В работе" }, { name: "Готово", kind: "won" }, { name: "Отказ", kind: "lost" }],
  });
  await createField(sql, { entity: "deal", code: "area", name: "Площадь", type: "number" });
  await createField(sql, {
    entity: "deal",
    code: "size",
    name: "Размер",
    type: "select",
    options: [{ value: "Малый" }, { value: "Большой" }],
  });
  await sources.create(sql, { name: "Сайт", code: "site" });
  const vendor = builtinCrm({ database, snapshots: async () => new Map(), tell: () => Promise.resolve() });
  const connected = vendor.connect?.(
    {
      id: 1 as ConnectionId,
      name: "CRM",
      workspace,
      settings: {},
      secrets: {},
      directory: await readDirectory(sql),
      fieldMapping: {},
      userMapping: {},
      stageMapping: {},
    },
    loneKit,
  );
  if (!connected?.crm) throw new Error("the built-in CRM is a CRM");
  const named = (members: Record<string, number | string | null>) =>
    Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
  return {
    crm: connected.crm,
    directory: () => readDirectory(sql),
    read: {
      async contact(id) {
        const { name, surname, phones, emails, tags, position, website, company, responsible } = await getContact(sql, Number(id));
        return {
          ...{ name, surname, tags, ...named({ position, website, company, responsible }) },
          phones: phones.map((phone) => phone.e164 ?? phone.value),
          emails: emails.map((email) => email.value.toLowerCase()),
        };
      },
      async deal(id) {
        const { name, sum, pipeline, stage, contacts, company, responsible, source, tags, fields } = await getDeal(sql, Number(id));
        const shown = Object.entries(fields).map(([code, value]) => [
          code,
          typeof value === "object" && "sum" in value ? value.sum : String(value),
        ]);
        return {
          ...{ name, tags, pipeline: String(pipeline), stage: String(stage), ...named({ company, responsible, source }) },
          ...(sum && { sum }),
          contacts: contacts.map((contact) => String(contact.id)),
          fields: Object.fromEntries(shown),
        };
      },
      async entriesOn(target) {
        const on = Object.fromEntries(Object.entries(target ?? {}).map(([name, id]) => [name, Number(id)]));
        const notes = target ? (await listNotes(sql, { ...on, limit: 100, sort: "id" }, {})).items : [];
        const tasks = (await listTasks(sql, { ...on, limit: 100, sort: "id" }, {})).items.filter(
          (task) => target || (task.contact ?? task.company ?? task.deal) === null,
        );
        return [
          ...notes.map((note): KeptEntry => ({ kind: "note", text: note.text })),
          ...tasks.map(
            (task): KeptEntry => ({
              kind: "task",
              title: task.title,
              text: task.text ?? "",
              ...(task.due && { due: task.due.toISOString() }),
              ...named({ type: task.type, responsible: task.responsible }),
            }),
          ),
        ];
      },
    },
  };
}
