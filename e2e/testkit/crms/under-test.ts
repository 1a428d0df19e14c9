import { api, type HubProcess } from "../hub.ts";
import type { Added, Company } from "../telephony.ts";

/** A CRM as a story sees it, whichever it is: how a company comes to work in it, and what is in it. Ids are text. */

export interface CrmUnderTest {
  /** In the company of a running hub, from then on, it is the CRM that everybody is named by; the others are put aside. Answers its connection. */
  connect(hub: HubProcess, company: Company): Promise<Added>;
  /** What `POST /crm/connect` names it by. */
  address(hub: HubProcess): { readonly crm_url: string; readonly crm_type: string };
  /** Who works in it: their ids, once it is connected. */
  readonly people: { readonly ivan: string; readonly anna: string };
  /** The name of a field of companies that it has. */
  readonly companyField: string;
  /** Where a deal that comes from elsewhere begins, a later stage, and the one where it is lost. */
  stages(): Promise<{ readonly first: string; readonly second: string; readonly lost: string }>;
  /** One of the troubles of its line in the table begins; answers what ends it. */
  begin(trouble: string): Promise<() => Promise<void>>;
  /** So many writes from now on are done there, and their answers are lost; answers what ends it, and tells how many were. Undefined where nothing can be lost. */
  readonly loseAnswers?: (count: number) => () => number;
  readonly look: Look;
  /** Somebody writes to the client, in its pane of chats. */
  write(chat: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** What is in it now. What was deleted is not. */
export interface Look {
  contacts(): Promise<readonly SeenContact[]>;
  companies(): Promise<readonly SeenCompany[]>;
  deals(): Promise<readonly SeenDeal[]>;
  /** Texts that stand on a deal, the oldest first. */
  notes(deal: string): Promise<readonly string[]>;
  tasks(): Promise<readonly SeenTask[]>;
  calls(): Promise<readonly SeenCall[]>;
  /** What was shown while phones rang; for the one who looks: Ivan. */
  cards(): Promise<readonly { readonly phone: string }[]>;
  chats(): Promise<readonly SeenChat[]>;
}

export interface SeenContact {
  readonly id: string;
  readonly name: string;
  /** As they stand there. */
  readonly phones: readonly string[];
  readonly responsible: string | undefined;
}
export interface SeenCompany {
  readonly id: string;
  readonly name: string;
  readonly inn: string | undefined;
  readonly responsible: string | undefined;
}
export interface SeenDeal {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly contact: string | undefined;
  readonly responsible: string | undefined;
  /** Of the main unit: 1500.5. */
  readonly sum: number | undefined;
  /** All that it holds besides, however it is kept there: for looking for a word in it. */
  readonly fields: string;
}
export interface SeenTask {
  readonly text: string;
  readonly isDone: boolean;
  readonly deal: string | undefined;
  readonly responsible: string | undefined;
}
export interface SeenCall {
  readonly direction: "in" | "out";
  readonly phone: string;
  readonly isAnswered: boolean;
  readonly seconds: number;
  readonly recording: string | undefined;
  readonly user: string | undefined;
}
export interface SeenChat {
  readonly id: string;
  /** Of the client. */
  readonly name: string;
  readonly contact: string | undefined;
  /** Undefined also where the CRM's chats know of no deal. */
  readonly deal: string | undefined;
  /** In the order in which they stand there. */
  readonly messages: readonly SeenMessage[];
}
export interface SeenMessage {
  readonly direction: "in" | "out";
  readonly text: string;
  readonly state: "sent" | "delivered" | "read" | "failed";
}

/** The company works in another CRM: our own one is put aside. */
export async function putOwnCrmAside(hub: HubProcess, { token }: Company): Promise<void> {
  const client = api(hub, token);
  const own = (await client.all<{ id: number; vendor: string }>("/connections")).find(({ vendor }) => vendor === "crm");
  if (own) await client.send("DELETE", `/connections/${own.id}`);
}

/** As a person adds it by the command line, for a far side on this machine. */
export const addConnection = (
  hub: HubProcess,
  { subdomain }: Company,
  vendor: string,
  settings: Readonly<Record<string, string>>,
): Promise<Added> =>
  hub.command<Added>(
    ...["connection", "add", vendor, "--workspace", subdomain, "--allow-private-addresses"],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  );
