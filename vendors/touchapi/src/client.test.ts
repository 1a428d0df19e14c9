import type { Fetch } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { fixtureText } from "../testkit/fixtures.ts";
import { sendTo } from "../testkit/send.ts";
import {
  defaultUrl,
  makeTouchApi,
  type Send,
  type TouchApi,
  TouchApiError,
  TouchApiLogin,
  TouchApiRefused,
  TouchApiUnavailable,
} from "./index.ts";

const credentials = { source: "whatsapp", login: "example", token: "token-of-example" };
const apiOf = (send: Send, more: object = {}): TouchApi => makeTouchApi({ ...credentials, ...more, send });
const ok = (name: string) => ({ status: 200, body: fixtureText(`answers/${name}.json`) });
const failing =
  (cause: unknown): Send =>
  () =>
    Promise.reject(cause);
const broken = (code: string): Error => new Error("fetch failed", { cause: Object.assign(new Error(code), { code }) });
async function failureOf(work: Promise<unknown>): Promise<TouchApiError> {
  const error = await work.then(
    () => undefined,
    (one: unknown) => one,
  );
  if (!(error instanceof TouchApiError)) throw new Error(`no TouchApiError: ${String(error)}`);
  return error;
}
const text = { to: "79000000001", text: "Да" };

describe("a call", () => {
  it("is a POST of JSON to its name, with the account in the body and the token told to be secret", async () => {
    const { send, sent } = sendTo(ok("getInfo"));
    await apiOf(send).getInfo();
    expect(sent).toEqual([
      {
        ...{ method: "POST", url: `${defaultUrl}/getInfo`, timeoutSeconds: 60, secrets: ["token-of-example"] },
        headers: { "content-type": "application/json; charset=utf-8", accept: "application/json" },
        body: JSON.stringify(credentials),
      },
    ]);
  });

  it("goes out by the hub's own way", () => {
    const hub: Fetch = sendTo(ok("done")).send;
    expect(typeof apiOf(hub).getInfo).toBe("function");
  });

  it("goes to another address, with or without a slash at its end", async () => {
    const { send, sent } = sendTo(ok("done"));
    await apiOf(send, { url: "http://127.0.0.1:1/api/" }).forceStop();
    expect(sent[0]).toMatchObject({ url: "http://127.0.0.1:1/api/forceStop", timeoutSeconds: 90 });
  });

  it("for all accounts of a token names none of them", async () => {
    const { send, sent } = sendTo(ok("getInfoByToken"));
    expect(await apiOf(send).getInfoByToken()).toMatchObject([{ login: "example" }, { login: "second" }]);
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual({ source: "whatsapp", token: "token-of-example", skipDetails: false });
  });

  it("that may start a session has ninety seconds", async () => {
    const { send, sent } = sendTo(ok("done"));
    expect(await apiOf(send).setState(true)).toEqual({ state: "ready", text: "" });
    expect(sent[0]?.timeoutSeconds).toBe(90);
    expect(JSON.parse(sent[0]?.body ?? "")).toMatchObject({ setState: true });
  });

  it("may be answered with a byte order mark", async () => {
    const { send } = sendTo({ status: 200, body: `\ufeff${fixtureText("answers/getQr.json")}` });
    expect(await apiOf(send).getQr()).toBe("2@example,1");
  });
});

describe("a refusal", () => {
  it("is told in its own words, with the uuid for support, although HTTP says 200", async () => {
    const error = await failureOf(apiOf(sendTo(ok("error.text")).send).forceStop());
    expect(error).toBeInstanceOf(TouchApiRefused);
    expect(error).toMatchObject({ message: "Some error text goes here", uuid: "3928420", method: "forceStop", status: 200 });
    expect(await failureOf(apiOf(sendTo(ok("sendMessage.refused")).send).sendMessage(text))).toMatchObject({
      ...{ name: "TouchApiRefused", message: "Chat not found or created" },
    });
  });

  it("of the account is a matter of its login", async () => {
    const answers = [
      { status: 200, body: '{"error":"Token not found"}' },
      { status: 401, body: "" },
      { status: 403, body: '{"error":"No"}' },
    ];
    for (const answer of answers) expect(await failureOf(apiOf(sendTo(answer).send).getInfo())).toBeInstanceOf(TouchApiLogin);
  });

  it("about what is not there yet to be shown, is no failure", async () => {
    const api = apiOf(sendTo(ok("error.object")).send);
    expect(await api.getQr()).toBeUndefined();
    expect(await api.getAuthCode()).toBeUndefined();
    expect(await apiOf(sendTo({ status: 200, body: '{"error":{"message":"QR received"}}' }).send).setState(true)).toEqual({
      ...{ state: "needs_qr", text: "QR received" },
    });
    await expect(apiOf(sendTo({ status: 200, body: '{"error":{"message":"QR received"}}' }).send).setState(false)).rejects.toBeInstanceOf(
      TouchApiRefused,
    );
    expect(await apiOf(sendTo({ status: 200, body: '{"status":"ok","data":{"auth_code":"77"}}' }).send).setState(true)).toEqual({
      ...{ state: "needs_code", text: "77" },
    });
  });

  it("by the way out itself is passed on as it is", async () => {
    const refused = Object.assign(new Error("10.0.0.1 is a private address"), { name: "Refused" });
    await expect(apiOf(failing(refused)).sendMessage(text)).rejects.toBe(refused);
  });
});

describe("no answer", () => {
  const happened = async (work: Promise<unknown>): Promise<boolean> => {
    const error = await failureOf(work);
    if (!(error instanceof TouchApiUnavailable)) throw error;
    return error.mayHaveHappened;
  };

  it("to a message leaves it open whether it went out, unless nothing was ever sent", async () => {
    for (const cause of [
      new DOMException("The operation was aborted due to timeout", "TimeoutError"),
      broken("ECONNRESET"),
      broken("UND_ERR_HEADERS_TIMEOUT"),
      "odd",
    ])
      expect(await happened(apiOf(failing(cause)).sendMessage(text))).toBe(true);
    for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"])
      expect(await happened(apiOf(failing(broken(code))).sendMessage(text))).toBe(false);
    const both = new Error("fetch failed", { cause: new AggregateError([broken("ECONNREFUSED"), broken("ENETUNREACH")]) });
    expect(await happened(apiOf(failing(both)).sendMessage(text))).toBe(false);
    const one = new Error("fetch failed", { cause: new AggregateError([broken("ECONNREFUSED"), broken("ECONNRESET")]) });
    expect(await happened(apiOf(failing(one)).sendMessage(text))).toBe(true);
  });

  it("to a question changes nothing", async () => {
    expect(await happened(apiOf(failing(broken("ECONNRESET"))).getInfo())).toBe(false);
    expect(await happened(apiOf(sendTo({ status: 502, body: "<html>" }).send).getQr())).toBe(false);
  });

  it("but a page, a wrong one or none at all, is told by what it means", async () => {
    const to = (status: number, body: string) => apiOf(sendTo({ status, body }).send).sendMessage(text);
    expect(await happened(to(500, '{"error":"Internal error"}'))).toBe(true);
    expect(await happened(to(504, "<html></html>"))).toBe(true);
    expect(await happened(to(200, "<!DOCTYPE html><h1>Maintenance</h1>"))).toBe(true);
    expect(await happened(to(200, ""))).toBe(true);
    // It was taken, and nobody knows as what.
    expect(await happened(to(200, '{"status":"ok"}'))).toBe(true);
    for (const status of [302, 403, 404]) expect(await happened(to(status, "<html></html>"))).toBe(false);
    await expect(to(200, "<html></html>")).rejects.toThrow("a page in place of an answer (HTTP 200)");
    await expect(to(400, '{"x":1}')).rejects.toThrow(new TouchApiRefused("HTTP 400", { method: "sendMessage", status: 400 }));
  });

  it("for too many requests says how long to wait, when it was told", async () => {
    const at = (headers: Record<string, string>) => failureOf(apiOf(sendTo({ status: 429, headers, body: "" }).send).sendMessage(text));
    expect(await at({ "retry-after": "7" })).toMatchObject({ mayHaveHappened: false, retryAfterSeconds: 7 });
    expect(await at({})).toMatchObject({ mayHaveHappened: false, retryAfterSeconds: undefined });
    expect(await at({ "retry-after": "soon" })).toMatchObject({ retryAfterSeconds: undefined });
    expect(await at({ "retry-after": new Date(Date.now() - 5_000).toUTCString() })).toMatchObject({ retryAfterSeconds: 0 });
    expect(await at({ "retry-after": "999999999" })).toMatchObject({ retryAfterSeconds: 86_400 });
  });

  it("never shows the token", async () => {
    const error = await failureOf(apiOf(failing(new Error("bad body: token-of-example"))).sendMessage(text));
    expect(error.message).toBe("no answer: bad body: …");
  });
});
