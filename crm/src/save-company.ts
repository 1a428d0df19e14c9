import type { CompanyDraft } from "@svyazka/core";
import { applyChange, changedLine } from "./change.ts";
import { emailRow, numbered, phoneRow, sameChannel, writeChannels } from "./channels.ts";
import { type CompanyRow, companyColumns } from "./companies.ts";
import { lacks, pickFrom, prefixed } from "./contacts.ts";
import { mergeFields, readFields, writeFields } from "./field-values.ts";
import { insertCompany } from "./insert-company.ts";
import { leftoverNote } from "./leftovers.ts";
import { type PortWrite, readId } from "./port-write.ts";
import { getRow } from "./records.ts";
import { checkReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { changeOnce } from "./written.ts";

/** `Crm.saveCompany`: the promise stands there. */
export async function saveCompany(sql: Sql, draft: CompanyDraft, { by, language }: PortWrite): Promise<number> {
  const fields = await readFields(sql, "company", draft.fields, by.home);
  const channels = numbered([...draft.phones.map((phone) => phoneRow(phone)), ...draft.emails.map((email) => emailRow(email))]).filter(
    (channel) => channel.value !== "",
  );
  const note = leftoverNote(fields, draft.fields, language);
  const responsible = draft.responsible === undefined ? undefined : readId("responsible", draft.responsible);
  const { website } = draft;
  const name = draft.name?.trim() ?? "";
  const inn = draft.inn?.trim();
  const kpp = draft.kpp?.trim();
  if (draft.id === undefined) {
    return insertCompany(
      sql,
      { name, inn, kpp, website, responsible, fields: mergeFields({}, fields.stored), channels, tags: [], note },
      by,
    );
  }

  const id = readId("id", draft.id);
  return changeOnce(sql, "company", id, by, async (sql) => {
    const current = await getRow<CompanyRow>(sql, "company", companyColumns, id, {}, "lock", "crm-lock-company");
    await checkReferences(sql, [
      ["responsible", "user_account", responsible],
      ["author", "user_account", by.user],
    ]);
    const given = { name, inn, kpp, website, responsible };
    const columns = Object.fromEntries(
      Object.entries(given).filter(([member, value]) => (draft.replaces || lacks(current, member)) && value !== undefined && value !== ""),
    );
    const stored = draft.replaces ? mergeFields(current.fields, fields.stored) : { ...mergeFields({}, fields.stored), ...current.fields };
    const missing = channels.filter((channel) => !current.channels.some((other) => sameChannel(channel, other)));
    const all = numbered([...current.channels, ...missing]);
    const before = {
      ...pickFrom(current, columns),
      ...writeChannels(current.channels),
      ...prefixed(writeFields(fields.definitions, current.fields)),
    };
    const after = {
      ...columns,
      ...writeChannels(missing.length > 0 ? all : current.channels),
      ...prefixed(writeFields(fields.definitions, stored)),
    };
    await applyChange(
      sql,
      "company",
      id,
      {
        columns: { ...columns, fields: stored },
        channels: missing.length > 0 ? { kinds: ["phone", "email", "messenger"], rows: all } : undefined,
        lines: changedLine(before, after),
        note,
      },
      // `changeOnce` keeps the key.
      { ...by, key: undefined },
    );
  });
}
