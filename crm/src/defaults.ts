import type { Language } from "@svyazka/core";
import { directoryChanged } from "./directory-changed.ts";
import type { Sql } from "./sql.ts";

const words = {
  ru: {
    pipeline: "Воронка",
    incoming: "Неразобранное",
    open: ["Первичный контакт", "Переговоры", "Принимают решение", "Согласование договора"],
    won: "Успешно реализовано",
    lost: "Закрыто и не реализовано",
    tasks: { call: "Звонок", meeting: "Встреча", email: "Письмо" },
    losses: ["Слишком дорого", "Выбрали других", "Пропала потребность", "Не удалось связаться", "Не устроили условия", "Спам"],
    fields: { city: "Город", address: "Адрес" },
    group: "Отдел продаж",
  },
  en: {
    pipeline: "Pipeline",
    incoming: "Incoming",
    open: ["First contact", "Negotiation", "Decision making", "Contract"],
    won: "Won",
    lost: "Lost",
    tasks: { call: "Call", meeting: "Meeting", email: "E-mail" },
    losses: ["Too expensive", "Chose somebody else", "No longer needed", "Could not be reached", "Terms did not suit", "Spam"],
    fields: { city: "City", address: "Address" },
    group: "Sales",
  },
} as const;

const colours = {
  incoming: "#c1c1c1",
  open: ["#99ccff", "#ffff99", "#ffcc66", "#ffcccc"],
  won: "#ccff66",
  lost: "#d5d8db",
  tasks: { call: "#4c8bf7", meeting: "#6a4cf7", email: "#f7a14c" },
} as const;

/** What a new workspace starts with: one pipeline, task types, loss reasons, a group, and the fields that forms fill most. */
export async function createDefaults(sql: Sql, { language }: { readonly language: Language; readonly currency: string }): Promise<void> {
  const text = words[language];
  const stages = [
    { name: text.incoming, kind: "incoming", colour: colours.incoming },
    ...text.open.map((name, index) => ({ name, kind: "open", colour: colours.open[index] ?? null })),
    { name: text.won, kind: "won", colour: colours.won },
    { name: text.lost, kind: "lost", colour: colours.lost },
  ].map((stage, index) => ({ ...stage, position: (index + 1) * 10 }));
  const taskTypes = (["call", "meeting", "email"] as const).map((code, index) => ({
    code,
    name: text.tasks[code],
    colour: colours.tasks[code],
    position: (index + 1) * 10,
  }));
  const fields = (["contact", "company"] as const).flatMap((entity) => [
    { entity, code: "city", name: text.fields.city, type: "text", position: 10 },
    { entity, code: "address", name: text.fields.address, type: "address", position: 20 },
  ]);
  await sql.transaction(async (sql) => {
    await sql.query({
      text: `
        with made as (insert into crm.pipeline (workspace, name, position, is_default) values ($1, $2, 10, true) returning id),
        stages as (
          insert into crm.stage (workspace, pipeline, name, kind, colour, position)
          select $1, made.id, x.name, x.kind, x.colour, x.position
          from made, jsonb_to_recordset($3::jsonb) as x (name text, kind text, colour text, position integer) order by x.position),
        tasks as (
          insert into crm.task_type (workspace, name, code, colour, position)
          select $1, x.name, x.code, x.colour, x.position
          from jsonb_to_recordset($4::jsonb) as x (name text, code text, colour text, position integer) order by x.position),
        losses as (
          insert into crm.loss_reason (workspace, name, position) select $1, name, n * 10 from unnest($5::text[]) with ordinality as x (name, n) order by n),
        fields as (
          insert into crm.field (workspace, entity, code, name, type, position)
          select $1, x.entity, x.code, x.name, x.type, x.position
          from jsonb_to_recordset($6::jsonb) as x (entity text, code text, name text, type text, position integer) order by x.entity, x.position)
        insert into crm.user_group (workspace, name, position) values ($1, $7, 10)`,
      values: [
        sql.workspace,
        text.pipeline,
        JSON.stringify(stages),
        JSON.stringify(taskTypes),
        text.losses,
        JSON.stringify(fields),
        text.group,
      ],
    });
    await directoryChanged(sql);
  });
}
