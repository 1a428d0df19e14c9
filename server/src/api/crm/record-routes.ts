import * as contract from "@svyazka/contract";
import { writeMoney } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { type Caller, type Implementation, implement } from "../implement.ts";
import {
  answerPage,
  by,
  changed,
  emailFilter,
  ids,
  listQuery,
  moment,
  phoneFilter,
  reader,
  unlessOvertaken,
  writeStamps,
} from "./requests.ts";

type Mutable<T> = T extends readonly (infer Item)[] ? Mutable<Item>[] : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
/** The contract's types are mutable, the CRM's are not: the same data. */
const loose = <T>(value: T): Mutable<T> => value as Mutable<T>;

const writeChannels = ({ phones, emails, messengers }: crm.Channels) => ({
  phones: phones.map(({ value, label, e164, ext, tollFree }) => ({ value, label, e164, ext, toll_free: tollFree })),
  emails: emails.map(({ value, label }) => ({ value, label })),
  messengers: messengers.map(({ network, value, label }) => ({ network, value, label })),
});

export const writeContact = (contact: crm.Contact): contract.ContactShape => ({
  id: contact.id,
  name: contact.name,
  surname: contact.surname,
  middlename: contact.middlename,
  full_name: contact.fullName,
  position: contact.position,
  website: contact.website,
  company: contact.company,
  responsible: contact.responsible,
  ...writeChannels(contact),
  tags: [...contact.tags],
  fields: loose(contact.fields),
  attribution: loose(contact.attribution),
  merged_into: contact.mergedInto,
  ...writeStamps(contact),
});

export const writeCompany = (company: crm.Company): contract.CompanyShape => ({
  id: company.id,
  name: company.name,
  inn: company.inn,
  kpp: company.kpp,
  website: company.website,
  responsible: company.responsible,
  ...writeChannels(company),
  tags: [...company.tags],
  fields: loose(company.fields),
  merged_into: company.mergedInto,
  ...writeStamps(company),
});

export const writeDeal = (deal: crm.Deal): contract.DealShape => ({
  id: deal.id,
  name: deal.name,
  sum: deal.sum && writeMoney(deal.sum),
  currency: deal.currency,
  pipeline: deal.pipeline,
  stage: deal.stage,
  state: deal.state,
  responsible: deal.responsible,
  company: deal.company,
  contacts: deal.contacts.map(({ id, isMain }) => ({ id, is_main: isMain })),
  source: deal.source,
  loss_reason: deal.lossReason,
  tags: [...deal.tags],
  fields: loose(deal.fields),
  attribution: loose(deal.attribution),
  closed_at: deal.closedAt?.toISOString() ?? null,
  ...writeStamps(deal),
});

const writeDealCard = (card: crm.DealCard): contract.DealCardShape => ({
  id: card.id,
  name: card.name,
  sum: card.sum && writeMoney(card.sum),
  currency: card.currency,
  pipeline: card.pipeline,
  stage: card.stage,
  state: card.state,
  responsible: card.responsible,
  contact: card.contact && { ...card.contact },
  company: card.company && { ...card.company },
  source: card.source,
  loss_reason: card.lossReason,
  tags: [...card.tags],
  fields: loose(card.fields),
  next_task: card.nextTask && { ...card.nextTask, due: card.nextTask.due === null ? null : new Date(card.nextTask.due).toISOString() },
  closed_at: card.closedAt?.toISOString() ?? null,
  ...writeStamps(card),
});

type ContactQuery = contract.QueryOf<typeof contract.listContacts>;
export const contactFilter = (query: ContactQuery, caller: Caller): crm.ContactFilter => {
  const { responsible, company, tag, q } = query;
  return { ...listQuery(query), responsible, company, tag, q, phone: phoneFilter(query.phone, caller), email: emailFilter(query.email) };
};

type CompanyQuery = contract.QueryOf<typeof contract.listCompanies>;
export const companyFilter = (query: CompanyQuery, caller: Caller): crm.CompanyFilter => {
  const { responsible, inn, tag, q } = query;
  return { ...listQuery(query), responsible, inn, tag, q, phone: phoneFilter(query.phone, caller), email: emailFilter(query.email) };
};

type DealQuery = Omit<contract.QueryOf<typeof contract.listDealCards>, "sort"> & { readonly sort?: string };
export const dealFilter = (query: DealQuery): crm.DealFilter => {
  const { pipeline, stage, state, contact, company, source, tag, q, overdue } = query;
  return {
    ...listQuery(query),
    ...{ pipeline, stage, state, contact, company, source, tag, q, overdue },
    responsible: ids(query.responsible),
    noTask: query.no_task,
    closedFrom: moment("closed_from", query.closed_from),
    closedTo: moment("closed_to", query.closed_to),
  };
};

type DealBody = contract.BodyOf<typeof contract.updateDeal>;
const readDeal = ({ loss_reason, contacts, ...body }: DealBody): crm.DealChanges => ({
  ...body,
  lossReason: loss_reason,
  contacts: contacts?.map(({ id, is_main }) => ({ id, isMain: is_main })),
});

export const recordRoutes: readonly Implementation[] = [
  implement(contract.listContacts, async ({ query, caller, sql }) =>
    answerPage(await crm.listContacts(sql, contactFilter(query, caller), reader(caller)), writeContact),
  ),
  implement(contract.getContact, async ({ params, caller, sql }) => writeContact(await crm.getContact(sql, params.id, reader(caller)))),
  implement(contract.createContact, async ({ body, caller, sql, idempotencyKey }) =>
    writeContact(await crm.getContact(sql, await crm.createContact(sql, body, by(caller, idempotencyKey)))),
  ),
  implement(contract.updateContact, (call) => {
    const { params, caller, sql } = call;
    const read = async () => writeContact(await crm.getContact(sql, params.id, reader(caller)));
    return changed(call, (by) => crm.updateContact(sql, params.id, call.body, by), read);
  }),
  implement(contract.deleteContact, async ({ params, caller, sql, ifMatch }) =>
    unlessOvertaken(
      () => crm.deleteContact(sql, params.id, by(caller, undefined, ifMatch)),
      async () => writeContact(await crm.getContact(sql, params.id, reader(caller))),
    ),
  ),
  implement(contract.restoreContact, async ({ params, caller, sql }) => {
    await crm.restoreContact(sql, params.id, by(caller));
    return writeContact(await crm.getContact(sql, params.id, reader(caller)));
  }),

  implement(contract.listCompanies, async ({ query, caller, sql }) =>
    answerPage(await crm.listCompanies(sql, companyFilter(query, caller), reader(caller)), writeCompany),
  ),
  implement(contract.getCompany, async ({ params, caller, sql }) => writeCompany(await crm.getCompany(sql, params.id, reader(caller)))),
  implement(contract.createCompany, async ({ body, caller, sql, idempotencyKey }) =>
    writeCompany(await crm.getCompany(sql, await crm.createCompany(sql, body, by(caller, idempotencyKey)))),
  ),
  implement(contract.updateCompany, (call) => {
    const { params, caller, sql } = call;
    const read = async () => writeCompany(await crm.getCompany(sql, params.id, reader(caller)));
    return changed(call, (by) => crm.updateCompany(sql, params.id, call.body, by), read);
  }),
  implement(contract.deleteCompany, async ({ params, caller, sql, ifMatch }) =>
    unlessOvertaken(
      () => crm.deleteCompany(sql, params.id, by(caller, undefined, ifMatch)),
      async () => writeCompany(await crm.getCompany(sql, params.id, reader(caller))),
    ),
  ),
  implement(contract.restoreCompany, async ({ params, caller, sql }) => {
    await crm.restoreCompany(sql, params.id, by(caller));
    return writeCompany(await crm.getCompany(sql, params.id, reader(caller)));
  }),

  implement(contract.listDeals, async ({ query, caller, sql }) =>
    answerPage(await crm.listDeals(sql, dealFilter(query), reader(caller)), writeDeal),
  ),
  implement(contract.listDealCards, async ({ query, caller, sql }) =>
    answerPage(await crm.listDealCards(sql, dealFilter(query), reader(caller)), writeDealCard),
  ),
  implement(contract.boardTotals, async ({ query, caller, sql }) => {
    const totals = await crm.boardTotals(sql, { ...dealFilter(query), pipeline: query.pipeline }, reader(caller));
    const stages = totals.map(({ stage, count, sums }) => ({
      stage,
      count,
      sums: sums.map(({ currency, minor }) => ({ currency, sum: writeMoney({ currency, minor }) })),
    }));
    return { stages };
  }),
  implement(contract.getDeal, async ({ params, caller, sql }) => writeDeal(await crm.getDeal(sql, params.id, reader(caller)))),
  implement(contract.createDeal, async ({ body, caller, sql, idempotencyKey }) =>
    writeDeal(await crm.getDeal(sql, await crm.createDeal(sql, readDeal(body), by(caller, idempotencyKey)))),
  ),
  implement(contract.updateDeal, (call) => {
    const { params, caller, sql } = call;
    const read = async () => writeDeal(await crm.getDeal(sql, params.id, reader(caller)));
    return changed(call, (by) => crm.updateDeal(sql, params.id, readDeal(call.body), by), read);
  }),
  implement(contract.deleteDeal, async ({ params, caller, sql, ifMatch }) =>
    unlessOvertaken(
      () => crm.deleteDeal(sql, params.id, by(caller, undefined, ifMatch)),
      async () => writeDeal(await crm.getDeal(sql, params.id, reader(caller))),
    ),
  ),
  implement(contract.restoreDeal, async ({ params, caller, sql }) => {
    await crm.restoreDeal(sql, params.id, by(caller));
    return writeDeal(await crm.getDeal(sql, params.id, reader(caller)));
  }),
];
