import { api, type HubProcess } from "../hub.ts";
import { openPage, type Page } from "../live.ts";
import { conversationsOf, messagesOf } from "../messengers.ts";
import type { Added, CallShape, Company } from "../telephony.ts";
import type { CrmUnderTest, Look, SeenMessage } from "./under-test.ts";

/** Our own CRM. It is where the hub is, so that nothing goes wrong on the way to it. */
export async function startBuiltin(): Promise<CrmUnderTest> {
  let client: ReturnType<typeof api> | undefined;
  let page: Page | undefined;
  const people = { ivan: "", anna: "" };
  const mustHave = (): ReturnType<typeof api> => {
    if (!client) throw new Error("It is not connected yet");
    return client;
  };
  return {
    people,
    companyField: "Склад",
    async connect(hub, company): Promise<Added> {
      client = api(hub, company.token);
      for (const name of ["ivan", "anna"] as const) people[name] = await addManager(client, company, name);
      await client.send("POST", "/fields", { entity: "company", name: "Склад", type: "text", code: "store" });
      page = await openPage(hub, emailOf(company, "ivan"), password);
      const own = (await client.all<{ id: number; vendor: string }>("/connections")).find(({ vendor }) => vendor === "crm");
      return { id: own?.id ?? 0, secrets: {}, urls: {} };
    },
    // It speaks as amoCRM does.
    address: (hub: HubProcess) => ({ crm_url: new URL(hub.url).host, crm_type: "amocrm" }),
    async stages() {
      const { items: pipelines } = await mustHave().get<{
        items: { is_default: boolean; stages: { id: number; kind: string }[] }[];
      }>("/pipelines");
      const stages = pipelines.find(({ is_default: isDefault }) => isDefault)?.stages ?? [];
      const [first, second] = stages.filter(({ kind }) => kind === "open");
      return { first: String(first?.id), second: String(second?.id), lost: String(stages.find(({ kind }) => kind === "lost")?.id) };
    },
    begin: (trouble) => Promise.reject(new Error(`${trouble}: our own CRM knows no such trouble`)),
    look: lookOf(mustHave, () => page),
    async write(chat, text) {
      await mustHave().send("POST", `/conversations/${chat}/messages`, { text });
    },
    async stop() {
      page?.close();
    },
  };
}

const password = "пароль-менеджера";
const emailOf = ({ subdomain }: Company, name: string): string => `${name}@${subdomain}.example`;

async function addManager(client: ReturnType<typeof api>, company: Company, name: string): Promise<string> {
  const user = { name, email: emailOf(company, name), password, role: "manager" };
  return String((await client.send<{ id: number }>("POST", "/users", user)).id);
}

const idOf = (id: number | null): string | undefined => (id === null ? undefined : String(id));
/** Lists tell the newest first. */
const byId = <T extends { readonly id: number }>(all: T[]): T[] => all.sort((one, other) => one.id - other.id);

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly full_name: string;
  readonly inn: string | null;
  readonly phones: readonly { readonly value: string }[];
  readonly responsible: number | null;
}
interface ListedDeal extends Listed {
  readonly stage: number;
  readonly sum: string | null;
  readonly contacts: readonly { readonly id: number }[];
}
interface ListedTask {
  readonly id: number;
  readonly title: string;
  readonly done: boolean;
  readonly deal: number | null;
  readonly responsible: number | null;
}

function lookOf(client: () => ReturnType<typeof api>, page: () => Page | undefined): Look {
  return {
    async contacts() {
      return byId(await client().all<Listed>("/contacts")).map(({ id, full_name: name, phones, responsible }) => ({
        ...{ id: String(id), name, phones: phones.map(({ value }) => value), responsible: idOf(responsible) },
      }));
    },
    async companies() {
      return byId(await client().all<Listed>("/companies")).map(({ id, name, inn, responsible }) => ({
        ...{ id: String(id), name, inn: inn ?? undefined, responsible: idOf(responsible) },
      }));
    },
    async deals() {
      return byId(await client().all<ListedDeal>("/deals")).map(({ id, name, stage, sum, contacts, responsible, ...rest }) => ({
        ...{ id: String(id), name, stage: String(stage), contact: idOf(contacts[0]?.id ?? null), responsible: idOf(responsible) },
        ...{ sum: sum === null ? undefined : Number(sum), fields: JSON.stringify(rest) },
      }));
    },
    notes: async (deal) => byId(await client().all<{ id: number; text: string }>(`/notes?deal=${deal}`)).map(({ text }) => text),
    async tasks() {
      return byId(await client().all<ListedTask>("/tasks")).map(({ title, done, deal, responsible }) => ({
        ...{ text: title, isDone: done, deal: idOf(deal), responsible: idOf(responsible) },
      }));
    },
    async calls() {
      const calls = byId(await client().all<CallShape>("/calls")).filter(({ state }) => state === "over");
      return calls.map((call) => ({
        direction: call.direction === "out" ? "out" : "in",
        phone: call.phone,
        isAnswered: call.outcome === "answered",
        seconds: call.talk_seconds ?? call.duration_seconds ?? 0,
        recording: call.recordings.at(-1)?.url,
        user: idOf(call.responsible),
      }));
    },
    async cards() {
      const ringing = (page()?.news ?? []).filter(({ news }) => news.type === "call.ringing");
      return ringing.map(({ news }) => ({ phone: (news["client"] as { readonly typed: string }).typed }));
    },
    async chats() {
      const conversations = await conversationsOf(client());
      return Promise.all(
        conversations.map(async ({ id, client: { name }, contact, deal }) => ({
          ...{ id: String(id), name, contact: idOf(contact), deal: idOf(deal) },
          messages: (await messagesOf(client(), id)).map(({ direction, text, state }) => ({
            ...{ direction, text, state: stateOf(state) },
          })),
        })),
      );
    },
  };
}

const stateOf = (state: string): SeenMessage["state"] => (state === "delivered" || state === "read" || state === "failed" ? state : "sent");
