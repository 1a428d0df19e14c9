import type { Fetch } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { sendTo } from "../testkit/send.ts";
import {
  makeBase,
  OneCClosed,
  OneCError,
  OneCFailed,
  OneCForbidden,
  OneCLocked,
  OneCNotPublished,
  OneCRefused,
  OneCSessionLost,
  OneCUnauthorized,
  readFailure,
  type Send,
  writeClosed,
  writeLocked,
  writeSessionLost,
} from "./index.ts";

const options = { webAddress: "http://srv/base/hs/amo", login: "Обмен", password: "пароль", key: 111, idBase: "7" };
const baseOf = (send: Send, more: object = {}) => makeBase({ ...options, ...more, send });
const failureOf = async (answer: { status: number; headers?: Record<string, string>; body?: string }): Promise<OneCError> => {
  const error = await baseOf(sendTo(answer).send)
    .handlersVersion()
    .catch((one: unknown) => one);
  if (!(error instanceof OneCError)) throw error;
  return error;
};
const made = { status: 200, body: '\ufeff{"link":"e1cib/data/x","id_1c":"{4B9F6867-7668-11EB-B762-B13668D09050}"}' };
const contact = { id: 5, name: "Иван", responsible_user_id: 9, phone: "+74951234567" };

describe("a request to 1C", () => {
  it("is one POST with Basic in UTF-8, sent at once", async () => {
    const { send, sent } = sendTo({ status: 200, body: '{"version":3}' });
    expect(await baseOf(send).handlersVersion()).toBe("3");
    const secret = Buffer.from("Обмен:пароль").toString("base64");
    expect(sent).toEqual([
      {
        ...{ method: "POST", url: "http://srv/base/hs/amo", timeoutSeconds: 60, secrets: [secret] },
        headers: { authorization: `Basic ${secret}`, "content-type": "application/json; charset=utf-8", accept: "application/json" },
        body: '{"key":111,"id_base":"7","type":"get_handlers_version"}',
      },
    ]);
  });

  it("goes out by the hub's own way", () => {
    const hub: Fetch = sendTo({ status: 200 }).send;
    expect(typeof baseOf(hub).getOrders).toBe("function");
  });

  it("sends a contact under the key that the base wants, and never both", async () => {
    for (const [contactKey, key] of [
      [undefined, "company"],
      ["company", "company"],
      ["contact", "contact"],
    ] as const) {
      const { send, sent } = sendTo(made);
      const answer = await baseOf(send, contactKey && { contactKey }).saveClient({ contact });
      expect(answer).toEqual({ link: "e1cib/data/x", id_1c: "4b9f6867-7668-11eb-b762-b13668d09050" });
      expect(JSON.parse(sent[0]?.body ?? "")).toEqual({ key: 111, id_base: "7", type: "new_lead", clients: { [key]: contact } });
    }
  });

  it("leaves out an id of 1C that is not known", async () => {
    const { send, sent } = sendTo(made);
    await baseOf(send).saveOrder({ id: 1, name: "Сделка", responsible_user_id: 9 });
    expect(sent[0]?.body).toBe('{"key":111,"id_base":"7","type":"new_order","id":1,"name":"Сделка","responsible_user_id":9,"clients":{}}');
  });

  it("tells of a field as a row or as an array, and succeeds whatever the body says", async () => {
    const row = { amo_name: "ИНН", amo_id: 13, entity_name: "Компания" } as const;
    for (const [tableAs, table] of [
      ["row", row],
      ["array", [row]],
    ] as const) {
      const { send, sent } = sendTo({ status: 200, body: "ОК" }, { status: 200, body: '{"version":"2.5"}' });
      const base = baseOf(send, { tableAs });
      expect([await base.tellRow(row), await base.tellRow(row, 9)]).toEqual([undefined, "2.5"]);
      expect(JSON.parse(sent[1]?.body ?? "")).toEqual({ key: 111, id_base: "7", type: "corr_table", user_id: 9, table });
    }
  });
});

describe("documents of a deal", () => {
  const documentsOf = (body: string) => baseOf(sendTo({ status: 200, body }).send).getOrders(5);

  it("may come as one object, as null, or not at all", async () => {
    expect(await documentsOf('{"title":"Заказ","link":"x"}')).toEqual([{ title: "Заказ", link: "x" }]);
    for (const body of ["", "null", "\ufeff", "[]", "\ufeffnull"]) expect(await documentsOf(body)).toEqual([]);
    expect(await documentsOf('[{"title":"Заказ","link":null,},]')).toEqual([{ title: "Заказ", link: "" }]);
  });

  it.each(['{"error":"нет такой сделки"}', "[1]", '"нет"', "<html>", "{"])("are refused when they are %s", async (body) => {
    await expect(documentsOf(body)).rejects.toBeInstanceOf(OneCRefused);
  });
});

describe("a session that has died", () => {
  const lost = { status: 406, body: writeSessionLost() };

  it("is begun again once, at once, with the same request", async () => {
    const { send, sent } = sendTo(lost, made);
    expect(await baseOf(send).saveClient({ contact })).toMatchObject({ link: "e1cib/data/x" });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it("is told of when it dies twice", async () => {
    const { send, sent } = sendTo(lost);
    await expect(baseOf(send).handlersVersion()).rejects.toThrow(
      expect.objectContaining({ name: "OneCSessionLost", message: "Сеанс 1С завершился раньше ответа: Истекло время ожидания сеанса" }),
    );
    expect(sent).toHaveLength(2);
  });
});

describe("an answer of a 1C that cannot serve", () => {
  const page =
    "<html><head><title>500</title></head><body>1C:Enterprise 8 application error: Error on server<br>by reason:\nНа диске нет места</body></html>";

  it.each([
    [
      { status: 403, body: writeClosed("Ведутся технические работы") },
      OneCClosed,
      "База 1С закрыта на обслуживание: Ведутся технические работы",
    ],
    [{ status: 502, body: "<html>Bad Gateway</html>" }, OneCClosed, "Веб-сервер 1С не отвечает (HTTP 502)"],
    [{ status: 503 }, OneCClosed, "Веб-сервер 1С не отвечает (HTTP 503)"],
    [{ status: 504 }, OneCClosed, "Веб-сервер 1С не отвечает (HTTP 504)"],
    [{ status: 429 }, OneCClosed, "Веб-сервер 1С не отвечает (HTTP 429)"],
    [{ status: 500, body: writeLocked() }, OneCLocked, "Данные в 1С заняты другим сеансом: Ошибка блокировки данных при попытке записи"],
    [{ status: 500, body: page }, OneCFailed, "Ошибка сервера 1С (HTTP 500): На диске нет места"],
    [{ status: 501 }, OneCFailed, "Ошибка сервера 1С (HTTP 501)"],
    [{ status: 401, body: "<html>пароль</html>" }, OneCUnauthorized, "1С не принимает логин или пароль: проверьте param1 и param2"],
    [{ status: 403, body: "<html><body>Нет прав</body></html>" }, OneCForbidden, "У пользователя 1С не хватает прав: Нет прав"],
    [{ status: 404 }, OneCNotPublished, "По этому адресу обработчики 1С не опубликованы: проверьте web_address"],
    [{ status: 400, body: "Не заполнен ИНН" }, OneCRefused, "Не заполнен ИНН"],
    [{ status: 422 }, OneCRefused, "1С не приняла запрос (HTTP 422)"],
    [{ status: 201, body: '{"version":1}' }, OneCRefused, "1С не приняла запрос (HTTP 201)"],
    [{ status: 200, body: "<html>Вход</html>" }, OneCRefused, "Тело — не JSON"],
    [{ status: 200, body: "" }, OneCRefused, "Тело пустое, а должен быть JSON"],
    [{ status: 200, body: '{"error":"нет прав"}' }, OneCRefused, "Ожидался ответ вида { version }, а 1С ответила: нет прав"],
    [
      { status: 302, headers: { location: "https://srv/login" } },
      OneCNotPublished,
      "Адрес обработчиков перенаправляет на https://srv/login: укажите в 1С конечный адрес",
    ],
    [{ status: 304 }, OneCNotPublished, "Адрес обработчиков перенаправляет: укажите в 1С конечный адрес"],
  ] as const)("%j is named by what is to be done about it", async (answer, type, message) => {
    const error = await failureOf(answer);
    expect(error).toBeInstanceOf(type);
    expect([error.name, error.message, error.status]).toEqual([type.name, message, answer.status]);
  });

  it("may say when to come again, in seconds or as a date", async () => {
    expect(await failureOf({ status: 503, headers: { "retry-after": "120" } })).toMatchObject({ retryAfterSeconds: 120 });
    const dated = (await failureOf({ status: 503, headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() } })) as OneCClosed;
    expect(dated.retryAfterSeconds).toBeGreaterThan(50);
    expect(dated.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await failureOf({ status: 503, headers: { "retry-after": "soon" } })).toMatchObject({ retryAfterSeconds: undefined });
  });

  it("is quoted without stack addresses and dumps, in at most 500 signs", async () => {
    expect(readFailure(writeClosed("Обновление до 20:00"))).toBe("Обновление до 20:00");
    expect(
      readFailure('<?xml version="1.0"?><exception><descr>Снаружи</descr><inner><descr>Внутри &lt;1&gt;</descr></inner></exception>'),
    ).toBe("Внутри <1>");
    expect(readFailure('{"exception":{"descr":"Одно"}}')).toBe("Одно");
    expect(readFailure("")).toBe("");
    expect((await failureOf({ status: 400, body: "я".repeat(100_000) })).message).toHaveLength(500);
  });

  it("is passed on unchanged when it is no answer at all", async () => {
    const refused = new TypeError("connect ECONNREFUSED");
    await expect(baseOf(() => Promise.reject(refused)).handlersVersion()).rejects.toBe(refused);
  });

  it("of 406 belongs to the same family as the others", () => {
    expect(new OneCSessionLost("x", { status: 406 })).toBeInstanceOf(OneCError);
  });
});
