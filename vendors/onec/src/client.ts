import type { Send } from "@svyazka/wire";
import { OneCNotPublished, OneCRefused, readOneCError } from "./client/errors.ts";
import {
  type ContactKey,
  type LeadClient,
  type Made,
  type OrderDocument,
  type OrderRequest,
  readDocuments,
  readMade,
  readTableAnswer,
  readVersion,
  type TableAs,
  type TableRow,
  type Unexpected,
  type WireId,
  writeGetHandlersVersion,
  writeGetOrders,
  writeNewLead,
  writeNewOrder,
  writeTable,
} from "./protocol.ts";

export type { Send } from "@svyazka/wire";
export * from "./client/errors.ts";

export interface BaseOptions {
  /** `web_address` of 2.2. */
  readonly webAddress: string;
  /** `param1` and `param2`. */
  readonly login: string;
  readonly password: string;
  readonly key: WireId;
  readonly idBase: WireId;
  readonly contactKey?: ContactKey;
  readonly tableAs?: TableAs;
  /** 60: to start a session takes 1C a while. */
  readonly timeoutSeconds?: number;
  readonly send: Send;
}

/**
 * A base of 1C as a hub asks it. Every member throws an `OneCError` by what is to be done about it, or what `send` throws, unchanged. To save is to
 * create or to update; whether a repeated one makes a second record is up to the handlers, so send `id_1c` as soon as it is known.
 */
export function makeBase(options: BaseOptions) {
  const { webAddress, login, password, key, idBase, contactKey = "company", tableAs = "row", timeoutSeconds = 60, send } = options;
  const from = { key, id_base: idBase };
  // Names and passwords may be Cyrillic: base64 of UTF-8, sent at once and without a challenge (measured, onec.md §5).
  const secret = base64(`${login}:${password}`);
  const request = {
    ...{ method: "POST", url: webAddress, secrets: [secret] },
    // Without a charset Cyrillic came out broken behind a proxy: <https://github.com/vbondarevsky/Connector/issues/115>.
    headers: { authorization: `Basic ${secret}`, "content-type": "application/json; charset=utf-8", accept: "application/json" },
  };

  async function ask(body: string, seconds = timeoutSeconds): Promise<string> {
    const asked = { ...request, body, timeoutSeconds: seconds };
    let answer = await send(asked);
    // A reused session has died. We keep no session, so the second request begins one of its own (onec.md §5).
    if (answer.status === 406) answer = await send(asked);
    const { status, headers } = answer;
    if (status >= 300 && status < 400)
      throw new OneCNotPublished(
        `Адрес обработчиков перенаправляет${headers["location"] ? ` на ${headers["location"]}` : ""}: укажите в 1С конечный адрес`,
        { status },
      );
    if (status !== 200) throw readOneCError(status, headers, answer.body);
    return answer.body;
  }

  return {
    /** Documents of a deal, in the order of 1C (1.1). With fewer `seconds` than others, when a person waits for them. */
    async getOrders(dealId: WireId, seconds?: number): Promise<readonly OrderDocument[]> {
      return expected(readDocuments(await ask(writeGetOrders(from, dealId), seconds)));
    },

    /** A counterparty of a contact or of a company (1.2). */
    async saveClient(client: LeadClient): Promise<Made> {
      return expected(readMade(await ask(writeNewLead(from, client, contactKey))));
    },

    /** An order of a deal (1.3). It answers no ids of clients: save those first (A5). */
    async saveOrder(order: OrderRequest): Promise<Made> {
      return expected(readMade(await ask(writeNewOrder(from, order))));
    },

    /** Of the installed handlers (1.4). */
    async handlersVersion(): Promise<string> {
      return expected(readVersion(await ask(writeGetHandlersVersion(from))));
    },

    /** One field of the CRM, or one employee, for a person in 1C to match (1.5). The version of the handlers, if 1C tells it. */
    async tellRow(row: TableRow, userId?: WireId): Promise<string | undefined> {
      return readTableAnswer(await ask(writeTable(from, tableAs === "array" ? [row] : row, userId)));
    },
  };
}

export type OneCBase = ReturnType<typeof makeBase>;

function expected<T extends object | string>(read: T | Unexpected): T {
  if (typeof read === "object" && "problem" in read) throw new OneCRefused(read.problem, { status: 200 });
  return read as T;
}

function base64(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
