import { type LineMessage, listOf, mapOf, numberIn, textIn } from "../protocol.ts";
import { BitrixRefused, BitrixUnavailable } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** The portal's open lines, as a connector of other messengers sees them. For applications only. Source: api-reference/imopenlines */

export interface ConnectorDraft {
  /** Small Latin letters, digits and underscores. */
  readonly ID: string;
  readonly NAME: string;
  readonly ICON: { readonly DATA_IMAGE: string; readonly COLOR: string };
  /** The page that the portal opens where the connector is set up. */
  readonly PLACEMENT_HANDLER: string;
}

export interface OpenLine {
  readonly id: number;
  readonly name: string;
  readonly isActive: boolean;
}

/** Where a message stands now. */
export interface LineSession {
  readonly chat?: string;
}

/** As many as come when nobody says how many. Source: imopenlines.config.list.get */
const linesOnPage = 50;
const mostPages = 100;

export function openLinesOf({ ask }: Transport) {
  const write = async (method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> =>
    (await ask(method, params, { isWrite: true })).result;
  return {
    /** The same again changes it. Throws `BitrixRefused`, also for what the portal refuses with a 200. */
    async register(draft: ConnectorDraft): Promise<void> {
      const method = "imconnector.register";
      // Signatures would stand in every message; files and names travel apart.
      const result = mapOf(await write(method, { ...draft, NEED_SIGNATURE: false, NEED_SYSTEM_MESSAGES: false, CHAT_GROUP: false }));
      if (result["result"] === false)
        throw new BitrixRefused(textIn(result, "error_description") ?? textIn(result, "error") ?? "the connector is not taken", {
          method,
          status: 200,
          code: textIn(result, "error") ?? "",
        });
    },
    activate: (connector: string, line: number, isActive: boolean) =>
      write("imconnector.activate", { CONNECTOR: connector, LINE: line, ACTIVE: isActive ? 1 : 0 }),
    setData: (connector: string, line: number, data: { readonly ID: string; readonly NAME: string; readonly URL?: string }) =>
      write("imconnector.connector.data.set", { CONNECTOR: connector, LINE: line, DATA: data }),
    async isWorking(connector: string, line: number): Promise<boolean> {
      const status = mapOf((await ask("imconnector.status", { CONNECTOR: connector, LINE: line })).result);
      return status["STATUS"] === true || status["STATUS"] === "Y";
    },
    /** Throws `BitrixRefused` with what the portal says of the one message. */
    async send(connector: string, line: number, message: LineMessage): Promise<LineSession> {
      const method = "imconnector.send.messages";
      const result = mapOf(await write(method, { CONNECTOR: connector, LINE: line, MESSAGES: [message] }));
      const [one] = listOf(mapOf(result["DATA"])["RESULT"]).map(mapOf);
      if (result["SUCCESS"] === false || one?.["SUCCESS"] === false) {
        const words = listOf(one?.["ERRORS"]).map((error) =>
          typeof error === "string" ? error : (textIn(mapOf(error), "message") ?? textIn(mapOf(error), "code") ?? ""),
        );
        throw new BitrixRefused(words.filter(Boolean).join("; ") || "the message is not taken", { method, status: 200 });
      }
      const chat = numberIn(mapOf(one?.["session"]), "CHAT_ID");
      return chat === undefined ? {} : { chat: String(chat) };
    },
    /** Both marks at once: that of reading does nothing there. `message` is an array, or the portal never takes it for delivered. */
    async reportDelivery(
      connector: string,
      line: number,
      report: {
        readonly im: { readonly chat_id: string; readonly message_id: string };
        readonly chat: string;
        readonly ids: readonly string[];
        readonly date: number;
      },
    ): Promise<void> {
      const { im, chat, ids, date } = report;
      await write("imconnector.send.status.delivery", {
        CONNECTOR: connector,
        LINE: line,
        MESSAGES: [{ im, message: { id: ids, date }, chat: { id: chat } }],
      });
    },
    /** What was said in the latest session of a chat of the portal, as plain texts with their moments. Source: imopenlines.session.history.get */
    async history(chat: string): Promise<readonly { readonly text: string; readonly at: number | undefined }[]> {
      const { result } = await ask("imopenlines.session.history.get", { CHAT_ID: Number(chat) });
      return listOf(mapOf(result)["message"]).flatMap((raw) => {
        const row = mapOf(raw);
        const at = Date.parse(textIn(row, "date") ?? "");
        return [{ text: textIn(row, "text") ?? "", at: Number.isNaN(at) ? undefined : at }];
      });
    },
    lines: {
      async all(): Promise<OpenLine[]> {
        const rows: unknown[] = [];
        for (let page = 0; page < mostPages && rows.length === page * linesOnPage; page++) {
          const { result } = await ask("imopenlines.config.list.get", {
            PARAMS: { select: ["ID", "LINE_NAME", "ACTIVE"], order: { ID: "ASC" }, limit: linesOnPage, offset: rows.length },
          });
          rows.push(...listOf(result));
        }
        return rows.flatMap((raw) => {
          const row = mapOf(raw);
          const id = numberIn(row, "ID");
          return id === undefined
            ? []
            : [{ id, name: textIn(row, "LINE_NAME") ?? "", isActive: row["ACTIVE"] === "Y" || row["ACTIVE"] === true }];
        });
      },
      async add(name: string, queue: readonly number[]): Promise<number> {
        const method = "imopenlines.config.add";
        // A stranger becomes a lead, or where there are no leads a contact with a deal: by the portal, which knows the dialogue, and by nobody else.
        const result = await write(method, {
          PARAMS: { LINE_NAME: name, ACTIVE: "Y", CRM: "Y", CRM_CREATE: "lead", ...(queue.length > 0 && { QUEUE: queue }) },
        });
        const id = numberIn({ result }, "result");
        if (id === undefined) throw new BitrixUnavailable("the answer holds no id of a line", { method, status: 200 }, true);
        return id;
      },
      rename: (id: number, name: string) => write("imopenlines.config.update", { CONFIG_ID: id, PARAMS: { LINE_NAME: name } }),
    },
  };
}
export type OpenLines = ReturnType<typeof openLinesOf>;
