import { type DealDraft, writeMoney } from "@svyazka/core";
import { type DealRow, dealColumns, updateDeal } from "./deals.ts";
import { mergeFields, readFields } from "./field-values.ts";
import { insertDeal } from "./insert-deal.ts";
import { leftoverNote } from "./leftovers.ts";
import { type PortWrite, readId } from "./port-write.ts";
import { getRow } from "./records.ts";
import { checkReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { changeOnce } from "./written.ts";

/** `Crm.saveDeal`: the promise stands there. */
export async function saveDeal(sql: Sql, draft: DealDraft, { by, language }: PortWrite): Promise<number> {
  const fields = await readFields(sql, "deal", draft.fields, by.home);
  const note = leftoverNote(fields, draft.fields, language);
  const id = (name: "contact" | "company" | "pipeline" | "stage" | "responsible" | "source"): number | undefined => {
    const given = draft[name];
    return given === undefined ? undefined : readId(name, given);
  };
  const [contact, company, pipeline, stage, responsible, source] = [
    id("contact"),
    id("company"),
    id("pipeline"),
    id("stage"),
    id("responsible"),
    id("source"),
  ];
  const { name, sum, attribution } = draft;
  if (draft.id === undefined) {
    const deal = {
      ...{ name: name ?? "", sum, pipeline, stage, responsible, company, source, attribution, note },
      currency: sum?.currency ?? by.home.currency,
      fields: mergeFields({}, fields.stored),
      contacts: contact === undefined ? [] : [{ id: contact, is_main: true }],
      tags: draft.tags ?? [],
    };
    return insertDeal(sql, deal, by);
  }

  const deal = readId("id", draft.id);
  return changeOnce(sql, "deal", deal, by, async (sql) => {
    const current = await getRow<DealRow>(sql, "deal", dealColumns, deal, {}, "lock", "crm-lock-deal");
    await checkReferences(sql, [["author", "user_account", by.user]]);
    const known = current.contacts.some((other) => other.id === contact);
    const given = Object.fromEntries(Object.entries(draft.fields ?? {}).filter(([code]) => fits(fields, code)));
    await updateDeal(
      sql,
      deal,
      {
        ...{ name, pipeline, stage, responsible, company, source },
        ...(sum && { sum: writeMoney(sum), currency: sum.currency }),
        ...(contact !== undefined && !known && { contacts: [...current.contacts, { id: contact }] }),
        ...(draft.tags && { tags: [...current.tags, ...draft.tags] }),
        ...(draft.fields && { fields: given }),
        // Where somebody came from at first stays; where they came from now is now.
        ...(attribution && {
          attribution: { ...current.attribution, ...attribution, ...(current.attribution?.first && { first: current.attribution.first }) },
        }),
      },
      // `changeOnce` keeps the key.
      { ...by, key: undefined },
      note,
    );
  });
}

const fits = ({ unknown, unfit }: Awaited<ReturnType<typeof readFields>>, code: string): boolean =>
  !unknown.includes(code) && !unfit.some(({ field }) => field.code.toLowerCase() === code.toLowerCase());
