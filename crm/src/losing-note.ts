import type { Label, Language } from "@svyazka/core";
import type { Mergeable } from "./duplicates.ts";
import { type StoredFields, writeFields } from "./field-values.ts";
import { fieldsOf } from "./fields.ts";
import type { Sql } from "./sql.ts";

/** One of those that become one. */
export interface Party {
  readonly id: number;
  readonly fields: StoredFields;
  readonly [member: string]: unknown;
}

/** A value that another one took the place of. */
export interface Lost {
  readonly party: Party;
  readonly member: string;
  readonly value: unknown;
}

const title: Label = { ru: "Объединение: значения, уступившие место другим.", en: "Merged: values that another one took the place of." };
const labels: Readonly<Record<string, Label>> = {
  name: { ru: "Имя", en: "Name" },
  position: { ru: "Должность", en: "Position" },
  website: { ru: "Сайт", en: "Website" },
  company: { ru: "Компания", en: "Company" },
  responsible: { ru: "Ответственный", en: "Responsible" },
  attribution: { ru: "Источник обращения", en: "Attribution" },
  inn: { ru: "ИНН", en: "INN" },
  kpp: { ru: "КПП", en: "KPP" },
};

/** What was lost by a merge, as a note for people: nothing is dropped. Undefined when nothing was. */
export async function losingNote(
  sql: Sql,
  entity: Mergeable,
  parties: readonly Party[],
  lost: readonly Lost[],
  language: Language,
): Promise<string | undefined> {
  if (lost.length === 0) return undefined;
  const definitions = await fieldsOf(sql, entity, { pastOptions: true });
  const nameOf = async (table: "company" | "user_account", id: unknown): Promise<string> => {
    const [row] = await sql.query<{ name: string }>({
      text: `select name from crm.${table} where workspace = $1 and id = $2`,
      values: [sql.workspace, id],
    });
    return `${row?.name ?? ""} (#${String(id)})`.trim();
  };
  const told = async ({ party, member, value }: Lost): Promise<string> => {
    const field = definitions.find(({ code }) => member === `fields.${code}`);
    if (field) return `${field.name}: ${textOf(writeFields([field], party.fields)[field.code])}`;
    const label = labels[member]?.[language] ?? member;
    if (member === "company") return `${label}: ${await nameOf("company", value)}`;
    if (member === "responsible") return `${label}: ${await nameOf("user_account", value)}`;
    return `${label}: ${textOf(value)}`;
  };
  const lines = [title[language]];
  for (const party of parties) {
    const its = lost.filter((one) => one.party.id === party.id);
    if (its.length === 0) continue;
    lines.push(`#${party.id} ${String(party["fullName"] ?? party["name"] ?? "")}`.trim());
    for (const one of its) lines.push(`- ${await told(one)}`);
  }
  return lines.join("\n").slice(0, 65_000);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value !== "object" || value === null) return String(value ?? "");
  if ("sum" in value && "currency" in value) return `${String(value.sum)} ${String(value.currency)}`;
  return JSON.stringify(value);
}
