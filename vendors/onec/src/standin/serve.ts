import {
  type ReadRequest,
  readJson,
  readRequest,
  writeClosed,
  writeDocuments,
  writeLocked,
  writeMade,
  writeSessionLost,
  writeVersion,
} from "../protocol.ts";
import { type BaseState, saveClient, saveOrder, saveRow } from "./state.ts";
import type { Switches } from "./switches.ts";

export interface Answer {
  readonly status: number;
  readonly type: "application/json" | "application/xml" | "text/plain" | "text/html";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Served {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Whose base it is, and where it is published. */
export interface Published {
  readonly key: string;
  readonly idBase: string;
  readonly login: string;
  readonly password: string;
  /** Path of `web_address`. */
  readonly path: string;
  /** `url_address`. */
  readonly address: string;
}

/** Answers one request as the web server and the handlers of 1C do; `count` is which one it is, from 1. */
export function answer(request: Served, count: number, base: Published, state: BaseState, switches: Switches): Answer {
  if (request.path !== base.path) return { status: 404, type: "text/html", body: page("404 Not Found") };
  if (request.method !== "POST") return { status: 405, type: "text/html", body: page("405 Method Not Allowed") };
  if (request.authorization !== `Basic ${Buffer.from(`${base.login}:${base.password}`).toString("base64")}`)
    return { status: 401, type: "text/html", body: page("401 Unauthorized"), headers: { "www-authenticate": 'Basic realm="1C"' } };
  if (switches.closed) return { status: 403, type: "application/json", body: writeClosed("Ведутся технические работы") };
  if (switches.sessionLost > 0 && count % switches.sessionLost === 0)
    return { status: 406, type: "application/xml", body: writeSessionLost() };
  if (switches.locked) return { status: 500, type: "text/plain", body: writeLocked() };
  const json = readJson(request.body);
  if (!("value" in json)) return refused(json.problem);
  const read = readRequest(json.value);
  if ("problems" in read) return refused(read.problems.map(({ field, message }) => `${field}: ${message}`).join("; "));
  if (read.value.key !== base.key || read.value.id_base !== base.idBase) return refused("Запрос адресован другой базе");
  return { status: 200, type: "application/json", body: work(read.value, base, state, switches.forgetful) };
}

function work(request: ReadRequest, { address }: Published, state: BaseState, isForgetful: boolean): string {
  switch (request.type) {
    case "get_orders":
      return writeDocuments(
        state.orders.filter(({ dealId }) => dealId === request.id).map(({ number, link }) => ({ title: `Заказ клиента ${number}`, link })),
      );
    case "new_lead":
      return writeMade(saveClient(state, address, request.client, isForgetful));
    case "new_order": {
      const { id: dealId, name, responsible_user_id: responsible, id_1c, contact, company } = request;
      const clients = [contact, company].flatMap((client) => (client ? [saveClient(state, address, client, isForgetful).id_1c] : []));
      return writeMade(saveOrder(state, address, { dealId, name, responsible, clients }, id_1c, isForgetful));
    }
    case "get_handlers_version":
      return writeVersion(state.version);
    case "corr_table":
      for (const row of request.rows) saveRow(state, row);
      return writeVersion(state.version);
  }
}

const refused = (why: string): Answer => ({ status: 400, type: "text/plain", body: why });

const page = (title: string): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
