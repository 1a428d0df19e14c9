import { type CallDesk, LoginNeeded, type PhoneBook, type RecordKind, type Vendor, type Workspace } from "@svyazka/core";
import { follow } from "./follow.ts";
import { type PhoneOwner, whoseIsPhone } from "./phone-index.ts";
import { crmPort } from "./port.ts";
import type { Database, Sql } from "./sql.ts";

const settings = {} as const;

export interface BuiltinCrmOptions {
  readonly database: Database;
  /** Records as the API answers them, by id. */
  snapshots(sql: Sql, kind: RecordKind, ids: readonly number[]): Promise<ReadonlyMap<number, unknown>>;
  /** Puts news on the open pages of these users, or of everybody. */
  tell(sql: Sql, news: { readonly type: string } & Readonly<Record<string, unknown>>, users?: readonly number[]): Promise<void>;
}

/** The built-in CRM, plugged in as every other vendor is. */
export const builtinCrm = (options: BuiltinCrmOptions): Vendor<typeof settings> => ({
  id: "crm",
  title: { ru: "Встроенная CRM", en: "Built-in CRM" },
  about: {
    ru: "Контакты, сделки, задачи и звонки в самом хабе.",
    en: "Contacts, deals, tasks and calls in the hub itself.",
  },
  ports: ["crm", "callDesk", "phoneBook"],
  tells: ["record.changed"],
  settings,
  listens: (_connection, isHeard) => isHeard("record.changed"),
  listen: ({ workspace }, kit, signal) => follow(options.database.in(workspace.id), kit, signal, options.snapshots),
  connect({ id, workspace }, kit) {
    const sql = options.database.in(workspace.id);
    return {
      crm: crmPort(sql, { workspace, connection: id, ...(kit.source && { source: kit.source }) }),
      callDesk: callDesk(sql, workspace, options),
      phoneBook: phoneBook(sql, workspace),
      async check() {
        const rows = await sql.query({ text: "select from crm.pipeline where workspace = $1 and is_default", values: [sql.workspace] });
        if (rows.length === 0) throw new LoginNeeded("the CRM of this workspace has no pipeline yet");
      },
    };
  },
});

/** The card says who it is, what they have open, and who looks after them: the page need not ask, and nobody waits. */
const callDesk = (sql: Sql, { country }: Workspace, { tell }: BuiltinCrmOptions): CallDesk => ({
  async show({ user, ...card }) {
    const e164 = card.client.e164;
    const [caller] = e164 === undefined ? [] : await whoseIsPhone(sql, e164, country);
    await tell(sql, { type: "call.ringing", ...card, caller: caller ? shortened(caller) : null }, [Number(user)]);
  },
  async hide({ user, ...call }) {
    await tell(sql, { type: "call.gone", ...call }, user === undefined ? undefined : [Number(user)]);
  },
});

/** What tells processes of news takes 8,000 bytes at most. */
const shortened = (owner: PhoneOwner): PhoneOwner => ({
  ...owner,
  name: owner.name.slice(0, 200),
  companyName: owner.companyName?.slice(0, 200) ?? null,
  responsibleName: owner.responsibleName?.slice(0, 200) ?? null,
  deal: owner.deal && { ...owner.deal, name: owner.deal.name.slice(0, 200) },
});

/** A company's own phone names the company; a call is answered with the best hit there is. */
const phoneBook = (sql: Sql, { country }: Workspace): PhoneBook => ({
  async find(phone) {
    const owner = (await whoseIsPhone(sql, phone.e164 ?? phone.typed, country))[0];
    if (!owner) return undefined;
    const responsible = owner.responsible ?? owner.deal?.responsible ?? null;
    return {
      name: owner.name === "" ? (owner.companyName ?? "") : owner.name,
      ...(owner.contact !== null && { contact: String(owner.contact) }),
      ...(responsible !== null && { responsible: String(responsible) }),
    };
  },
});
