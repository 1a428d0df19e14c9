import {
  type CompanyRecord,
  type ContactRecord,
  type Crm,
  type CrmRecords,
  type DealRecord,
  type RecordId,
  readMoney,
  stageHere,
  userHere,
} from "@svyazka/core";
import type { Item } from "../protocol.ts";
import { detailsOf } from "./companies.ts";
import { type DealPlace, dealId, dealPlace, type Ground, idOf } from "./ground.ts";
import { contactName, emailsOf, phonesOf } from "./people.ts";
import { codeOf, type FieldOwner, findStage, leadsPipeline, type Setup, stageIdOf } from "./setup.ts";
import { textOfValue } from "./values.ts";

/** `Crm.findRecord` over a portal: what it holds of a record, in the words of the hub. */
export function recordsIn(ground: Ground): Pick<Crm, "findRecord"> {
  const { portal, connection, setups } = ground;
  const { country } = connection.workspace;

  const readers: { readonly [K in keyof CrmRecords]: (id: RecordId) => Promise<CrmRecords[K] | undefined> } = {
    async contact(id): Promise<ContactRecord | undefined> {
      const found = await portal.contacts.find(idOf("contact", id));
      if (!found) return undefined;
      return {
        ...held("contact", found, contactName(found), await setups.get()),
        ...{ phones: phonesTold(found), emails: emailsOf(found) },
        ...(found.companyId && found.companyId > 0 && { company: String(found.companyId) }),
      };
    },
    async company(id): Promise<CompanyRecord | undefined> {
      const found = await portal.companies.find(idOf("company", id));
      if (!found) return undefined;
      const details = (await detailsOf(portal, [found.id])).get(found.id);
      return {
        ...held("company", found, found.title ?? "", await setups.get()),
        ...{ phones: phonesTold(found), emails: emailsOf(found) },
        ...(details?.inn !== undefined && { inn: details.inn }),
        ...(details?.kpp !== undefined && { kpp: details.kpp }),
      };
    },
    async deal(id): Promise<DealRecord | undefined> {
      const place = dealPlace(id);
      const found = await (place.of === "lead" ? portal.leads : portal.deals).find(place.id);
      return found && dealRecord(place, found, await setups.get());
    },
  };

  function dealRecord({ of }: DealPlace, found: Item, setup: Setup): DealRecord {
    const stage = stageIdOf({ of, stageId: found.stageId ?? "" });
    const { opportunity, currencyId, contactId, contactIds, companyId } = found;
    const sum = opportunity ? readMoney(String(opportunity), currencyId || setup.currency) : undefined;
    const contact = contactId || contactIds?.[0];
    return {
      ...held(of, found, found.title ?? "", setup),
      id: dealId({ of, id: found.id }),
      ...{ pipeline: of === "lead" ? leadsPipeline : String(found.categoryId ?? 0), stage: stageHere(connection, stage) },
      state: findStage(setup, stage)?.kind ?? "open",
      ...(sum && { sum }),
      ...(contact && { contact: String(contact) }),
      ...(companyId && companyId > 0 && { company: String(companyId) }),
    };
  }

  function held(of: FieldOwner, item: Item, name: string, setup: Setup) {
    const responsible = item.assignedById && item.assignedById > 0 ? userHere(connection, String(item.assignedById)) : undefined;
    const values = setup.fields[of].flatMap((field): [string, string][] => {
      const text = textOfValue(field, item[field.code]);
      return text === "" ? [] : [[codeOf(field), text]];
    });
    return { ...{ id: String(item.id), name, fields: Object.fromEntries(values) }, ...(responsible !== undefined && { responsible }) };
  }

  const phonesTold = (record: Item): string[] => phonesOf(record, country).map(({ e164, typed }) => e164 ?? typed);

  return { findRecord: async (kind, id) => readers[kind](id) };
}
