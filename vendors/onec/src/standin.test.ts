import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendReally } from "../testkit/send.ts";
import { checkTaxNumber, makeBase, OneCClosed, OneCLocked, OneCNotPublished, OneCUnauthorized, writeDone, writeError } from "./index.ts";
import { type BaseStandin, startStandinBase } from "./standin.ts";

let standin: BaseStandin;
beforeEach(async () => {
  standin = await startStandinBase();
});
afterEach(() => standin.close());

const baseAt = (more: { readonly webAddress?: string; readonly password?: string; readonly contactKey?: "contact" } = {}) => {
  const { url: webAddress, login, password, key, idBase } = standin;
  return makeBase({ webAddress, login, password, key, idBase, send: sendReally, ...more });
};
const contact = { id: 5, name: "Иван", responsible_user_id: 9, phone: "+74951234567", fields: { 101: "a" } };
const company = { id: 5, name: "ООО Ромашка", responsible_user_id: 9, inn: "7707083893" };
const order = { id: 77, name: "Сделка", responsible_user_id: 9 };

describe("a base of 1C", () => {
  it("keeps a contact and a company of one id apart, and updates what it knows", async () => {
    const base = baseAt();
    const person = await base.saveClient({ contact });
    const legal = await base.saveClient({ company });
    expect(person.id_1c).toMatch(/^[0-9a-f-]{36}$/);
    expect(legal.id_1c).not.toBe(person.id_1c);
    expect(await base.saveClient({ contact: { ...contact, name: "Иван Петров" } })).toEqual(person);
    expect(await baseAt({ contactKey: "contact" }).saveClient({ contact: { ...contact, id: 6, id_1c: person.id_1c } })).toEqual(person);
    expect(standin.state.counterparties.map(({ kind, crmId, saved }) => ({ kind, crmId, saved }))).toEqual([
      { kind: "contact", crmId: "6", saved: 3 },
      { kind: "company", crmId: "5", saved: 1 },
    ]);
    expect(standin.state.counterparties[0]?.fields).toEqual({ p_101: "a" });
  });

  it("makes an order of a deal once, with its clients, and shows it among the documents", async () => {
    const base = baseAt();
    const first = await base.saveOrder({ ...order, contact, company });
    expect(await base.saveOrder({ ...order, name: "Новое имя" })).toEqual(first);
    expect(standin.state.timesMade("77")).toBe(1);
    expect(standin.state.orders).toMatchObject([{ name: "Новое имя", saved: 2, number: "УТ-000001" }]);
    expect(standin.state.counterparties).toHaveLength(2);
    expect(await base.getOrders(77)).toEqual([{ title: "Заказ клиента УТ-000001", link: first.link }]);
    expect(first.link).toContain("/accounting/#e1cib/data/Документ.ЗаказКлиента?ref=");
    expect(await base.getOrders(78)).toEqual([]);
  });

  it("takes the table of fields row by row, the last one for each", async () => {
    const base = baseAt();
    expect(await base.tellRow({ amo_name: "ИНН", amo_id: 13, entity_name: "Компания" })).toBe("1");
    await base.tellRow({ amo_name: "ИНН/УНП", amo_id: 13, entity_name: "Компания" });
    await base.tellRow({ amo_name: "Анна", amo_id: 13, entity_name: "Сотрудник" });
    expect(standin.state.rows.map(({ amo_name }) => amo_name)).toEqual(["ИНН/УНП", "Анна"]);
    standin.state.version = "2.5";
    expect(await base.handlersVersion()).toBe("2.5");
  });

  it("lets in nobody else, and only at its own address", async () => {
    await expect(baseAt({ password: "другой" }).handlersVersion()).rejects.toBeInstanceOf(OneCUnauthorized);
    await expect(baseAt({ webAddress: `${standin.serverUrl}hs/other` }).handlersVersion()).rejects.toBeInstanceOf(OneCNotPublished);
    const { url: webAddress, login, password, key } = standin;
    const stranger = makeBase({ webAddress, login, password, key, idBase: "2", send: sendReally });
    await expect(stranger.handlersVersion()).rejects.toThrow("Запрос адресован другой базе");
    const answer = await sendReally({ method: "POST", url: webAddress, body: "{" });
    expect(answer.status).toBe(401);
    expect(standin.requests.map(({ status }) => status)).toEqual([401, 404, 400, 401]);
  });
});

describe("a base in trouble", () => {
  it("is closed for maintenance, and says so with a byte order mark", async () => {
    standin.switches.closed = true;
    await expect(baseAt().saveOrder(order)).rejects.toThrow(
      new OneCClosed("База 1С закрыта на обслуживание: Ведутся технические работы", { status: 403 }),
    );
    expect(standin.state.orders).toEqual([]);
  });

  it("answers with a byte order mark, and is understood", async () => {
    standin.switches.bom = true;
    const raw = await sendReally({
      ...{ method: "POST", url: standin.url, body: `{"key":"${standin.key}","id_base":"1","type":"get_handlers_version"}` },
      headers: { authorization: `Basic ${Buffer.from(`${standin.login}:${standin.password}`).toString("base64")}` },
    });
    expect(raw.body).toBe('\ufeff{"version":1}');
    expect(await baseAt().handlersVersion()).toBe("1");
  });

  it("loses each second session, which nobody notices", async () => {
    standin.switches.sessionLost = 2;
    const base = baseAt();
    for (let time = 0; time < 4; time++) expect(await base.handlersVersion()).toBe("1");
    expect(standin.requests.map(({ status }) => status)).toEqual([200, 406, 200, 406, 200, 406, 200]);
  });

  it("holds its records, nobody's answer, or everybody's time", async () => {
    standin.switches.locked = true;
    await expect(baseAt().saveOrder(order)).rejects.toBeInstanceOf(OneCLocked);
    standin.switches.locked = false;
    standin.switches.down = true;
    await expect(baseAt().saveOrder(order)).rejects.toThrow("fetch failed");
    expect(standin.state.orders).toEqual([]);
    standin.switches.down = false;
    standin.switches.slowMs = 150;
    const started = performance.now();
    await baseAt().saveOrder(order);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it("loses each second answer after the work was done, and the work is not done twice", async () => {
    standin.switches.failRate = 2;
    const base = baseAt();
    await base.handlersVersion();
    await expect(base.saveOrder(order)).rejects.toThrow("fetch failed");
    expect(standin.requests.at(-1)).toMatchObject({ type: "new_order", status: 0 });
    expect(standin.state.timesMade("77")).toBe(1);
    const again = await base.saveOrder(order);
    expect(again.id_1c).toBe(standin.state.orders[0]?.id_1c);
    expect(standin.state.timesMade("77")).toBe(1);
  });

  it("makes a second order when its handlers are forgetful and no id of 1C is sent", async () => {
    standin.switches.forgetful = true;
    const base = baseAt();
    const { id_1c } = await base.saveOrder(order);
    await base.saveOrder({ ...order, id_1c });
    expect(standin.state.timesMade("77")).toBe(1);
    await base.saveOrder(order);
    expect(standin.state.timesMade("77")).toBe(2);
  });
});

describe("1C towards a hub", () => {
  let server: Server;
  let heard: { path: string; body: string; authorization: string | undefined }[];
  let reply: { status: number; body: string };
  let hub: string;
  beforeEach(async () => {
    heard = [];
    reply = { status: 200, body: writeDone(501) };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        heard.push({ path: `${request.method} ${request.url}`, body, authorization: request.headers.authorization });
        response.writeHead(reply.status, { "content-type": "application/json" }).end(reply.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const last = (): Record<string, unknown> => JSON.parse(heard.at(-1)?.body.replace(/^\ufeff/, "") ?? "") as Record<string, unknown>;

  it("knows no hub before it has registered", async () => {
    await expect(standin.checkActive()).rejects.toThrow("register(hubUrl)");
  });

  it("registers below the address that it was given, and sends Basic with each call if it was told to", async () => {
    await standin.register(`${hub}/1c/secret/`, { login: "hub", password: "пароль" });
    expect(heard[0]?.path).toBe("POST /1c/secret/sync/base");
    expect(last()).toEqual({
      ...{ key: "12345678", id_base: "1", web_address: standin.url, url_address: standin.serverUrl, param1: "Обмен", param2: "секрет" },
    });
    await standin.checkActive();
    expect(heard[1]).toEqual({
      ...{ path: "GET /1c/secret/sync/check_active?key=12345678", body: "" },
      authorization: `Basic ${Buffer.from("hub:пароль").toString("base64")}`,
    });
  });

  it("tells of clients, and sends the id that the hub answered from then on", async () => {
    await standin.register(hub);
    const first = await standin.tellCompany({ name: "ООО Ромашка", inn: "7707083893" });
    expect(first.counterparty).toMatchObject({ crmId: "501", kind: "company" });
    expect("id" in last()).toBe(false);
    await standin.tellCompany({ id_1c: first.counterparty.id_1c, name: "ООО Ромашка-2" });
    expect(heard.at(-1)?.path).toBe("POST /sync/clients_companies");
    expect(last()).toMatchObject({ id: "501", id_1c: first.counterparty.id_1c, name: "ООО Ромашка-2", inn: "7707083893" });
    await standin.tellContact({ name: "Иван", phone: "1, 2", email: "a@x.ru", fields: { p_1: null } });
    expect(last()).toMatchObject({ name: "Иван", phone: "1, 2", email: "a@x.ru", p_1: null });
    expect(standin.state.counterparties).toHaveLength(2);
  });

  it("tells of orders at the address of companies, or at the one that was meant, and of payments", async () => {
    await standin.register(hub);
    const told = await standin.tellOrder({ sum: "1234567.50", companyId: "3" });
    expect(last()).toMatchObject({ company_id: "3", budget: 1234567.5, order_number: "УТ-000001" });
    standin.switches.printedSums = true;
    await standin.tellOrder({ id_1c: told.order.id_1c, to: "/sync/leads" });
    expect(heard.map(({ path }) => path).slice(1)).toEqual(["POST /sync/clients_companies", "POST /sync/leads"]);
    expect(last()).toMatchObject({ id: "501", budget: "1\u00a0234\u00a0567,5" });
    await standin.tellEvent({ event: "payment", id_1c: told.order.id_1c, sum: "1000", debt: "-5.25", document: "ПКО 1" });
    expect(last()).toMatchObject({ event_name: "payment", sum: "1\u00a0000", debt_sum: "-5,25", document_name: "ПКО 1" });
    expect(standin.state.payments).toMatchObject([{ event: "payment", sum: "1000", debt: "-5.25" }]);
  });

  it("sends each call twice at once, with a byte order mark and a wrong ИНН, when it is told to", async () => {
    await standin.register(hub);
    Object.assign(standin.switches, { duplicatePosts: true, bom: true, wrongInn: true });
    const told = await standin.tellCompany({ name: "ООО", inn: "7707083893" });
    expect(told.twin).toMatchObject({ status: 200, reply: { success: true } });
    expect(heard).toHaveLength(3);
    expect(heard[2]).toEqual(heard[1]);
    expect(heard[1]?.body.startsWith("\ufeff{")).toBe(true);
    expect(checkTaxNumber(String(last()["inn"]), "RU").warnings).toHaveLength(1);
    expect(told.counterparty.inn).toBe("7707083893");
  });

  it("declares fields, and fetches and publishes handlers", async () => {
    await standin.register(hub);
    for (const of of ["contacts", "companies", "orders"] as const) await standin.saveFields(of, { p_12: null });
    expect(heard.slice(1).map(({ path }) => path)).toEqual([
      "POST /sync/clients_contacts_save_fields",
      "POST /sync/clients_companies_save_fields",
      "POST /sync/leads_save_fields",
    ]);
    reply = { status: 200, body: writeDone({ version: 4, handlers: { a: [1] } }) };
    expect(await standin.getVersion()).toMatchObject({ version: "4" });
    expect(standin.state.version).toBe(1);
    expect(await standin.getHandlers()).toMatchObject({ version: "4", handlers: { a: [1] } });
    expect(standin.state.version).toBe("4");
    await standin.setHandlers("////f", { login: "integrator", password: "x" });
    expect(heard.at(-1)).toMatchObject({ path: "POST /update_handlers/set_handlers", authorization: expect.stringMatching(/^Basic /) });
  });

  it("keeps what it has told although the hub said no, or nothing that it understands", async () => {
    await standin.register(hub);
    reply = { status: 403, body: writeError("База не подтверждена", "base_not_approved") };
    const told = await standin.tellOrder({ sum: "10" });
    expect(told).toMatchObject({ status: 403, reply: { success: false, error: "База не подтверждена", code: "base_not_approved" } });
    reply = { status: 502, body: "<html>" };
    expect((await standin.tellOrder({ id_1c: told.order.id_1c })).reply).toBeUndefined();
    expect(standin.state.orders).toHaveLength(1);
    expect("id" in last()).toBe(false);
  });
});
