import type { SeenContact, SeenDeal } from "./crms/under-test.ts";
import { type CrmLine, type CrmUnderTest, crms, type Look } from "./crms.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "./hub.ts";
import { type Added, addCompany, type Company } from "./telephony.ts";

/** A hub that may be killed in the middle of a story: it comes back at the same address. */
export interface StoryHub {
  /** The process of the moment. */
  readonly now: HubProcess;
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStoryHub(): Promise<StoryHub> {
  const dataDir = makeDataDir();
  let hub = await startHubProcess({ dataDir });
  return {
    get now() {
      return hub;
    },
    async killAndStart() {
      const port = Number(new URL(hub.url).port);
      await hub.kill();
      hub = await startHubProcess({ dataDir, port });
    },
    async stop() {
      if (process.env["SHOW"]) console.log(hub.output());
      await hub.stop();
      removeDataDir(dataDir);
    },
  };
}

/** A company that works in one of the CRMs of the table. */
export interface Story {
  readonly company: Company;
  readonly crm: CrmUnderTest;
  /** The connection of the CRM. */
  readonly account: Added;
  readonly client: ReturnType<typeof api>;
  /** Nothing waits to be done any more; what waits for its next try is tried now. */
  settled(seconds?: number): Promise<void>;
  /** Looks until it is so, and tries anew meanwhile what waits for its next try: as if the pauses had passed. */
  until<T>(look: () => Promise<T | undefined | false>, seconds?: number): Promise<T>;
  /** Waits until the hub has met the trouble: something of it waits for another try. */
  troubled(): Promise<unknown>;
}

/** `company` is one that was made already, for a story that begins with it. */
export async function openStory(hub: StoryHub, line: CrmLine, subdomain: string, made?: Company): Promise<Story> {
  const company = made ?? (await addCompany(hub.now, subdomain));
  const crm = await line.start();
  const account = await crm.connect(hub.now, company);
  const client = api(hub.now, company.token);
  const waiting = () => client.all<{ attempts: number }>("/deliveries?state=waiting");
  const retry = () => client.send("POST", "/deliveries/bulk", { action: "retry", filter: { state: "waiting" } }).catch(() => undefined);
  const story: Story = {
    ...{ company, crm, account, client },
    async settled(seconds = 60) {
      await story.until(async () => (await waiting()).length === 0, seconds);
    },
    until: (look, seconds = 60) =>
      until(async () => {
        const found = await look();
        if (!found) await retry();
        return found;
      }, seconds),
    troubled: () => until(async () => (await waiting()).some(({ attempts }) => attempts > 0)),
  };
  return story;
}

/** The table, for `describe.each`: what the CRM is called, its line, and the name of the company that works in it. */
export const told = (story: string) =>
  crms.filter(({ without }) => !without?.includes(story)).map((line, place) => [line.name, line, `${story}-${place}`] as const);

let people = 0;
/** A valid number that nobody has had yet. */
export const nextPhone = (): string => `+7910${String(7_000_000 + ++people)}`;

/** Of whomever, by all spellings of one number. */
export const isSamePhone = (one: string, other: string): boolean => lastTen(one) === lastTen(other);
const lastTen = (phone: string): string => phone.replace(/\D/g, "").slice(-10);

/** Who in the CRM has this phone, however it is written. */
export const contactsBy = async (look: Look, phone: string): Promise<readonly SeenContact[]> =>
  (await look.contacts()).filter(({ phones }) => phones.some((one) => isSamePhone(one, phone)));

/** Deals of whoever has this phone. */
export async function dealsBy(look: Look, phone: string): Promise<readonly SeenDeal[]> {
  const ids = new Set((await contactsBy(look, phone)).map(({ id }) => id));
  return (await look.deals()).filter(({ contact }) => contact !== undefined && ids.has(contact));
}
