import {
  type CompanyRecord,
  type ContactRecord,
  type Crm,
  type CrmRecords,
  type DealRecord,
  readMoney,
  stageHere,
  userHere,
} from "@svyazka/core";
import { fieldOf } from "../client.ts";
import type { Company, Contact, CustomField, EntityType, Lead } from "../protocol.ts";
import type { Ground } from "./ground.ts";
import { idOf } from "./once.ts";
import { companyEntry, emailsOf, phonesOf } from "./people.ts";
import { codeOf, kindOf, type Setup, stageId, statusOf } from "./setup.ts";

/** `Crm.findRecord` over an account: what amoCRM holds of a record, in the words of the hub. Whoever was merged into another is gone there without a trace. */
export function recordsIn(ground: Ground): Pick<Crm, "findRecord"> {
  const { amo, account, setups } = ground;
  const { country } = account.workspace;

  const readers: { readonly [K in keyof CrmRecords]: (id: number) => Promise<CrmRecords[K] | undefined> } = {
    async contact(id): Promise<ContactRecord | undefined> {
      const found = await amo.contacts.find(id);
      if (!found || found.is_deleted) return undefined;
      const company = found._embedded.companies[0]?.id;
      return {
        ...heldOf(found, "contacts", await setups.get()),
        ...{ phones: phonesTold(found), emails: emailsOf(found) },
        ...(company !== undefined && { company: String(company) }),
      };
    },
    async company(id): Promise<CompanyRecord | undefined> {
      const found = await amo.companies.find(id);
      if (!found || found.is_deleted) return undefined;
      const setup = await setups.get();
      const { inn } = companyEntry(found, setup, account.workspace, account.settings.inn_field);
      const kpp = setup.fields.companies.find(({ code, name }) => /^(kpp|кпп)$/i.test(code ?? "") || /^кпп$/i.test(name.trim()));
      const kppText = kpp && textOf(found, kpp);
      return {
        ...heldOf(found, "companies", setup),
        ...{ phones: phonesTold(found), emails: emailsOf(found) },
        ...(inn !== undefined && { inn }),
        ...(kppText && { kpp: kppText }),
      };
    },
    async deal(id): Promise<DealRecord | undefined> {
      const found = await amo.leads.find(id, ["contacts"]);
      if (!found || found.is_deleted) return undefined;
      const setup = await setups.get();
      const stage = stageId({ id: found.status_id, pipeline_id: found.pipeline_id });
      const status = statusOf(setup, stage);
      const { contacts = [], companies = [] } = found._embedded;
      const main = contacts.find(({ is_main }) => is_main) ?? contacts[0];
      const sum = found.price ? readMoney(String(found.price), setup.currency) : undefined;
      return {
        ...heldOf(found, "leads", setup),
        ...{ pipeline: String(found.pipeline_id), stage: stageHere(account, stage), state: status ? kindOf(status) : "open" },
        ...(sum && { sum }),
        ...(main && { contact: String(main.id) }),
        ...(companies[0] && { company: String(companies[0].id) }),
      };
    },
  };

  function heldOf(record: Contact | Company | Lead, of: EntityType, setup: Setup) {
    const responsible = record.responsible_user_id > 0 ? userHere(account, String(record.responsible_user_id)) : undefined;
    const values = setup.fields[of].flatMap((field): [string, string][] => {
      const text = textOf(record, field);
      return text === "" ? [] : [[codeOf(field), text]];
    });
    return {
      ...{ id: String(record.id), name: record.name, fields: Object.fromEntries(values) },
      ...(responsible !== undefined && { responsible }),
    };
  }

  const phonesTold = (record: Contact | Company): string[] => phonesOf(record, country).map(({ e164, typed }) => e164 ?? typed);

  return { findRecord: async (kind, id) => readers[kind](idOf(kind, id)) };
}

/** All its values, as a person reads them. */
const textOf = (record: Contact | Company | Lead, { id }: CustomField): string =>
  (fieldOf(record, id)?.values ?? [])
    .map(({ value }) => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "")))
    .filter((text) => text !== "")
    .join(", ");
