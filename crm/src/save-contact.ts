import type { ContactDraft } from "@svyazka/core";
import { applyChange, changedLine, tagChange } from "./change.ts";
import { emailRow, messengerNetworks, messengerRow, numbered, phoneRow, sameChannel, writeChannels } from "./channels.ts";
import { type ContactRow, contactColumns, lacks, pickFrom, prefixed } from "./contacts.ts";
import { mergeFields, readFields, writeFields } from "./field-values.ts";
import { insertContact } from "./insert-contact.ts";
import { leftoverNote } from "./leftovers.ts";
import { type PortWrite, readId } from "./port-write.ts";
import { getRow } from "./records.ts";
import { checkReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { changeOnce } from "./written.ts";

/** `Crm.saveContact`: the promise stands there. */
export async function saveContact(sql: Sql, draft: ContactDraft, { by, language }: PortWrite): Promise<number> {
  const fields = await readFields(sql, "contact", draft.fields, by.home);
  const messengers = fields.unknown.filter((code) => messengerNetworks.has(code.toLowerCase()));
  const unknown = fields.unknown.filter((code) => !messengers.includes(code) && draft.fields?.[code] !== "");
  const channels = [
    ...draft.phones.map((phone) => phoneRow(phone)),
    ...draft.emails.map((email) => emailRow(email)),
    ...messengers.map((code) => messengerRow(code.toLowerCase(), draft.fields?.[code] ?? "")),
  ].filter((channel) => channel.value !== "");
  const note = leftoverNote({ ...fields, unknown }, draft.fields, language);
  const company = draft.company === undefined ? undefined : readId("company", draft.company);
  const responsible = draft.responsible === undefined ? undefined : readId("responsible", draft.responsible);
  const { name = "", surname = "", middlename = "", position, website, attribution, tags = [] } = draft;
  if (draft.id === undefined) {
    const contact = { name, surname, middlename, position, website, company, responsible, attribution, tags, note };
    return insertContact(sql, { ...contact, fields: mergeFields({}, fields.stored), channels: numbered(channels) }, by, { unlike: true });
  }

  const id = readId("id", draft.id);
  return changeOnce(sql, "contact", id, by, async (sql) => {
    const current = await getRow<ContactRow>(sql, "contact", contactColumns, id, {}, "lock", "crm-lock-contact");
    await checkReferences(sql, [
      ["company", "company", company],
      ["responsible", "user_account", responsible],
      ["author", "user_account", by.user],
    ]);
    const names = draft.replaces
      ? draft.name === undefined
        ? {}
        : { name, surname, middlename }
      : lackingNames(current, { name, surname, middlename });
    const given = { ...names, position, website, company, responsible, attribution };
    const columns = Object.fromEntries(
      Object.entries(given).filter(
        ([member, value]) =>
          value !== undefined && (draft.replaces ? value !== "" || member in names : lacks(current, member) && value !== ""),
      ),
    );
    const stored = draft.replaces ? mergeFields(current.fields, fields.stored) : { ...mergeFields({}, fields.stored), ...current.fields };
    const missing = channels.filter((channel) => !current.channels.some((other) => sameChannel(channel, other)));
    const all = numbered([...current.channels, ...missing]);
    const { addTags, lines } = tagChange(current.tags, [...current.tags, ...tags]);
    await applyChange(
      sql,
      "contact",
      id,
      {
        columns: { ...columns, fields: stored },
        channels: missing.length > 0 ? { kinds: ["phone", "email", "messenger"], rows: all } : undefined,
        addTags,
        lines: [
          ...changedLine(
            {
              ...pickFrom(current, columns),
              ...writeChannels(current.channels),
              ...prefixed(writeFields(fields.definitions, current.fields)),
            },
            {
              ...columns,
              ...writeChannels(missing.length > 0 ? all : current.channels),
              ...prefixed(writeFields(fields.definitions, stored)),
            },
          ),
          ...lines,
        ],
        note,
      },
      // `changeOnce` keeps the key.
      { ...by, key: undefined },
    );
  });
}

interface Names {
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
}

/** A name is one thing: a surname is only added to nobody's name, or to the same first name. "Иван Петров" never becomes "Иван Петров Сидоров". */
function lackingNames(current: Names & { readonly fullName: string }, given: Names): Partial<Names> {
  if (current.fullName === "" || current.name.toLowerCase() === given.name.toLowerCase()) return given;
  return {};
}
