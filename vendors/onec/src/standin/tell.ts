import {
  callPaths,
  type EventName,
  type HubReply,
  readRepliedHandlers,
  readRepliedId,
  readRepliedVersion,
  readReply,
  type Sender,
  type WireFields,
  writeBaseCall,
  writeCompanyCall,
  writeContactCall,
  writeEventCall,
  writeFieldsCall,
  writeHandlersCall,
  writeOrderCall,
  writePlainCall,
} from "../protocol.ts";
import { addCounterparty, addOrder, type BaseState, type Counterparty, type Order } from "./state.ts";
import { printSum, type Switches, spoilInn } from "./switches.ts";

/** What a hub answered to one call. */
export interface Told {
  readonly status: number;
  readonly body: string;
  /** Undefined when it was no envelope. */
  readonly reply: HubReply | undefined;
  /** The answer to the second of two calls sent at once. */
  readonly twin?: Told;
}

/** Sends one request to a hub. */
export type Post = (request: {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly basic?: Credentials;
}) => Promise<{ readonly status: number; readonly body: string }>;

export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** A counterparty that a person in 1C writes: a known one by its `id_1c`, or a new one. */
export interface TellCounterparty {
  readonly id_1c?: string;
  readonly name?: string;
  readonly inn?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly responsible?: string;
  readonly fields?: WireFields;
}
export interface TellOrder {
  readonly id_1c?: string;
  readonly dealId?: string;
  /** Decimal text: `1234.50`. */
  readonly sum?: string;
  readonly companyId?: string;
  readonly contactId?: string;
  readonly responsible?: string;
  readonly fields?: WireFields;
  /** Which address orders go to: the document's own, which companies share, or the one that was meant (A1). */
  readonly to?: "/sync/clients_companies" | "/sync/leads";
}
export interface TellEvent {
  readonly event: EventName;
  /** Of the order. */
  readonly id_1c?: string;
  readonly dealId?: string;
  readonly sum?: string;
  readonly debt?: string;
  readonly document?: string;
}
export interface OwnAddress {
  readonly webAddress: string;
  readonly serverAddress: string;
  readonly login: string;
  readonly password: string;
}

const fieldPaths = { contacts: callPaths.contactFields, companies: callPaths.companyFields, orders: callPaths.orderFields };

/** The calls of 1C to a hub: what it tells, it keeps, and ids that the hub answers are sent with the next call. */
export function tellingOf(from: Sender, own: OwnAddress, state: BaseState, switches: Switches, post: Post) {
  async function call(path: string, body?: string, basic?: Credentials): Promise<Told> {
    const once = async (): Promise<Told> => {
      const marked = body !== undefined && switches.bom ? `\ufeff${body}` : body;
      const answer = await post({
        ...{ method: body === undefined ? "GET" : "POST", path },
        ...(marked !== undefined && { body: marked }),
        ...(basic && { basic }),
      });
      return { ...answer, reply: readReply(answer.body) };
    };
    if (!switches.duplicatePosts || body === undefined) return once();
    const [first, twin] = await Promise.all([once(), once()]);
    return { ...first, twin };
  }
  const sum = (value: string | undefined) => (value === undefined ? {} : { value: switches.printedSums ? printSum(value) : Number(value) });
  const idOf = ({ reply }: Told): string | undefined => (reply?.success ? readRepliedId(reply.data) : undefined);

  function counterparty(kind: Counterparty["kind"], told: TellCounterparty): Counterparty {
    const { id_1c, name, fields = {}, ...rest } = told;
    const known = id_1c === undefined ? undefined : state.counterparties.find((one) => one.id_1c === id_1c);
    if (!known) return addCounterparty(state, own.serverAddress, { kind, name: name ?? "", fields, ...rest });
    return Object.assign(known, rest, { saved: known.saved + 1, fields: { ...known.fields, ...fields } }, name !== undefined && { name });
  }

  function order({ id_1c, dealId, sum: total, responsible }: TellOrder): Order {
    const told = { ...(dealId && { dealId }), ...(total && { sum: total }), ...(responsible && { responsible }) };
    const known = id_1c === undefined ? undefined : state.orders.find((one) => one.id_1c === id_1c);
    if (!known) return addOrder(state, own.serverAddress, { name: "", clients: [], ...told });
    return Object.assign(known, told, { saved: known.saved + 1 });
  }

  return {
    /** 2.1. */
    checkActive: (): Promise<Told> => call(`${callPaths.checkActive}?key=${encodeURIComponent(from.key)}`),

    /** 2.2. */
    register: (basic?: Credentials): Promise<Told> =>
      call(
        callPaths.base,
        writeBaseCall(from, {
          ...{ web_address: own.webAddress, url_address: own.serverAddress, param1: own.login, param2: own.password },
        }),
        basic,
      ),

    /** 2.3. */
    async tellContact(contact: TellCounterparty): Promise<Told & { readonly counterparty: Counterparty }> {
      const kept = counterparty("contact", contact);
      const { crmId: id, id_1c, link, name, responsible: responsible_user_id, email, phone } = kept;
      const written = { id, id_1c, link, name, responsible_user_id, email, phone, fields: contact.fields };
      const told = await call(callPaths.contacts, writeContactCall(from, sent(written)));
      learn(kept, "crmId", idOf(told));
      return { ...told, counterparty: kept };
    },

    /** 2.4. */
    async tellCompany(company: TellCounterparty): Promise<Told & { readonly counterparty: Counterparty }> {
      const kept = counterparty("company", company);
      const { crmId: id, id_1c, link, name, responsible: responsible_user_id } = kept;
      const inn = kept.inn !== undefined && switches.wrongInn ? spoilInn(kept.inn) : kept.inn;
      const written = { id, id_1c, link, name, inn, responsible_user_id, fields: company.fields };
      const told = await call(callPaths.companies, writeCompanyCall(from, sent(written)));
      learn(kept, "crmId", idOf(told));
      return { ...told, counterparty: kept };
    },

    /** 2.5, at the address that it shares with companies unless told. */
    async tellOrder(told: TellOrder): Promise<Told & { readonly order: Order }> {
      const kept = order(told);
      const { dealId: id, id_1c, link, number: order_number, responsible: responsible_user_id } = kept;
      const { companyId: company_id, contactId: contact_id, fields } = told;
      const budget = sum(kept.sum).value;
      const written = { id, id_1c, link, company_id, contact_id, budget, order_number, responsible_user_id, fields };
      const answer = await call(told.to ?? callPaths.companies, writeOrderCall(from, sent(written)));
      learn(kept, "dealId", idOf(answer));
      return { ...answer, order: kept };
    },

    /** 2.6. */
    async tellEvent({ event, id_1c, dealId, sum: paid, debt, document }: TellEvent): Promise<Told> {
      state.payments.push({ event, orderId: id_1c, dealId, sum: paid, debt });
      const written = { id: dealId, id_1c, sum: sum(paid).value, debt_sum: sum(debt).value, document_name: document };
      return call(callPaths.event, writeEventCall(from, { event_name: event, ...sent(written) }));
    },

    /** 2.7: `{ p_123: null }`. */
    saveFields: (of: keyof typeof fieldPaths, fields: WireFields): Promise<Told> => call(fieldPaths[of], writeFieldsCall(from, fields)),

    /** 2.8. */
    async getVersion(): Promise<Told & { readonly version: string | undefined }> {
      const told = await call(callPaths.actualVersion, writePlainCall(from));
      return { ...told, version: told.reply?.success ? readRepliedVersion(told.reply.data) : undefined };
    },

    /** 2.9; what came is installed. */
    async getHandlers(): Promise<Told & { readonly version: string | undefined; readonly handlers: unknown }> {
      const told = await call(callPaths.actualHandlers, writePlainCall(from));
      const [version, handlers] = told.reply?.success
        ? [readRepliedVersion(told.reply.data), readRepliedHandlers(told.reply.data)]
        : [undefined, undefined];
      if (version !== undefined) state.version = version;
      return { ...told, version, handlers };
    },

    /** 2.10, as an integrator does it. */
    setHandlers: (handlers: unknown, basic?: Credentials): Promise<Told> =>
      call(callPaths.setHandlers, writeHandlersCall(from, handlers), basic),
  };
}

/** The hub's id is sent with the next call about the same thing. */
function learn<K extends string>(kept: { [key in K]?: string }, name: K, id: string | undefined): void {
  if (id !== undefined) kept[name] = id as (typeof kept)[K];
}

/** Without what is not there. */
function sent<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
