import { type CustomField, type EndpointName, type ErrorAnswer, endpoints, type Funnel, type Manager } from "./protocol.ts";

/** The way out to the network: send this, get that. Throws when no answer came. */
export type Send = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

export interface FiveCrmOptions {
  /** Where the API is; `https://api.5crm.ru` unless told otherwise. */
  readonly url?: string;
  readonly publicToken: string;
  /** Given out by 5CRM on request; only `managers` needs it. */
  readonly secretToken?: string;
  readonly send: Send;
}

type CustomFields = { readonly [N in `f_${number}`]?: string };
interface Marks {
  readonly utm_source?: string;
  readonly utm_medium?: string;
  readonly utm_campaign?: string;
  readonly utm_content?: string;
  readonly utm_term?: string;
  readonly gaid?: string;
}
export interface FormFields extends Marks, CustomFields {
  readonly url?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly description?: string;
  readonly sum?: number;
  readonly guid?: string;
}
export interface DealData extends Marks, CustomFields {
  readonly name?: string;
  readonly sum?: number;
  readonly sum_original?: number;
  readonly description?: string;
  readonly stage_id?: number;
  readonly funnel_id?: number;
  readonly author_id?: number;
  readonly manager_id?: number;
  readonly status_id?: number;
  readonly type_id?: number;
  readonly source_id?: number;
  readonly website?: string;
  readonly comment?: string;
  readonly client_name?: string;
  readonly phone?: string;
  readonly email?: string;
}
type ContactText =
  | "name"
  | "surname"
  | "middlename"
  | "phone"
  | "phone_second"
  | "email"
  | "email_second"
  | "position"
  | "website"
  | "guid"
  | "fax"
  | "skype"
  | "icq"
  | "age"
  | "vk"
  | "fb"
  | "linkedin"
  | "map_position"
  | "country"
  | "city"
  | "address"
  | "metro";
export interface ContactData extends Marks, Readonly<Partial<Record<ContactText, string>>> {
  readonly company_id?: number;
  readonly manager_id?: number;
  readonly author_id?: number;
}
export interface CompanyData extends Readonly<Partial<Record<"name" | "phone" | "email" | "city" | "website", string>>> {
  readonly manager_id?: number;
  readonly author_id?: number;
}
export interface TaskData extends Readonly<Partial<Record<"manager_id" | "author_id" | "type_id" | "status_id" | "priority_id", number>>> {
  readonly name?: string;
  readonly description?: string;
  readonly date_expired?: string;
  readonly estimate_day?: number;
  readonly estimate_hour?: number;
  readonly estimate_minute?: number;
}

/** They answered, and it was not `"ans":"true"`. */
export class FiveCrmError extends Error {
  override readonly name = "FiveCrmError";
  readonly status: number;
  readonly answer: ErrorAnswer | undefined;
  constructor(status: number, answer: ErrorAnswer | undefined) {
    super(answer?.message ?? `5CRM answered ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

export interface FiveCrm {
  /** `ctm/form/send`: a form's data; the CRM makes of it what the form's settings say. */
  sendForm(form: FormFields): Promise<void>;
  addDeal(deal: DealData): Promise<void>;
  addContact(contact: ContactData): Promise<void>;
  addCompany(company: CompanyData): Promise<void>;
  addTask(task: TaskData): Promise<void>;
  customFields(): Promise<CustomField[]>;
  /** Needs the secret token. */
  managers(): Promise<Manager[]>;
  funnels(): Promise<Funnel[]>;
}

/** A client of the 5CRM public API. Every call throws `FiveCrmError` unless the answer was `"ans":"true"`. */
export function fiveCrm({ url = "https://api.5crm.ru", publicToken, secretToken, send }: FiveCrmOptions): FiveCrm {
  const call = async (name: EndpointName, data: object = {}): Promise<Record<string, unknown>> => {
    const params = new URLSearchParams({ public_token: publicToken });
    for (const [key, value] of Object.entries(data)) if (value !== undefined) params.set(key, String(value));
    const address = `${url.replace(/\/$/, "")}/${name}`;
    const isPost = (endpoints[name].methods as readonly string[]).includes("POST");
    return readAnswer(
      await send(
        isPost
          ? { method: "POST", url: address, headers: { "content-type": "application/x-www-form-urlencoded" }, body: params.toString() }
          : { method: "GET", url: `${address}?${params}` },
      ),
    );
  };
  const list = async <T>(name: EndpointName, key: string, data?: object): Promise<T[]> => {
    const found = (await call(name, data))[key];
    return Array.isArray(found) ? (found as T[]) : [];
  };
  return {
    sendForm: async (form) => void (await call("ctm/form/send", form)),
    addDeal: async (deal) => void (await call("public/deal/add", deal)),
    addContact: async (contact) => void (await call("public/contact/add", contact)),
    addCompany: async (company) => void (await call("public/company/add", company)),
    addTask: async (task) => void (await call("public/task/add", task)),
    customFields: () => list("public/deal/get-custom-fields", "fields"),
    managers: () => list("public/managers/get", "managers", { secret_token: secretToken }),
    funnels: () => list("public/funnels/get", "funnels"),
  };
}

/** Reads an answer. "ans" is a string on their page; a boolean is understood too. */
export function readAnswer(reply: { readonly status: number; readonly body: string }): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(reply.body);
  } catch {
    throw new FiveCrmError(reply.status, undefined);
  }
  const fields = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : {};
  if (reply.status < 200 || reply.status > 299 || String(fields["ans"]) !== "true") {
    throw new FiveCrmError(reply.status, typeof fields["message"] === "string" ? (fields as unknown as ErrorAnswer) : undefined);
  }
  return fields;
}
