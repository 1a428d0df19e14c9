import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../testkit/receiver.ts";
import { sendReally } from "../testkit/send.ts";
import {
  type HookEvent,
  type Json,
  makeTouchApi,
  readHook,
  type SendShape,
  type TouchApi,
  TouchApiLogin,
  TouchApiRefused,
  TouchApiUnavailable,
} from "./index.ts";
import { type StandinAccount, startTouchApi, type TouchApiStandin } from "./standin.ts";

const account = { source: "whatsapp", login: "example", token: "token-of-example", phone: "79000000002" };
const key = "whatsapp:example";
const text = { to: "79000000001", text: "Да" };
let standin: TouchApiStandin;
let receiver: Receiver;
let mine: StandinAccount;
beforeEach(async () => {
  [standin, receiver] = await Promise.all([startTouchApi(), startReceiver()]);
  mine = standin.add(account);
  mine.webhooks.push(receiver.url);
});
afterEach(async () => {
  await Promise.all([standin.close(), receiver.close()]);
});

const apiAt = (more: { token?: string; login?: string; shape?: SendShape } = {}): TouchApi =>
  makeTouchApi({ url: standin.url, ...account, ...more, send: sendReally });
const heard = (): HookEvent[] =>
  receiver.heard.flatMap((body) => {
    const told = readHook(body);
    return told.kind === "events" ? told.events : [];
  });
const told = () => heard().map((event) => (event.kind === "status" ? event.state : event.kind));

describe("an account", () => {
  it("tells of itself, and of its neighbours by their token", async () => {
    standin.add({ ...account, login: "second", isReady: false });
    standin.add({ ...account, login: "stranger", token: "another" });
    expect(await apiAt().getInfo()).toMatchObject({
      login: "example",
      phone: "79000000002",
      isOn: true,
      step: { state: "ready" },
      webhooks: [receiver.url],
    });
    expect(await apiAt().getInfoByToken()).toMatchObject([
      { login: "example", step: { state: "ready" } },
      { login: "second", step: { state: "unknown" } },
    ]);
    expect(await apiAt().getInfoByToken({ withSteps: false })).toMatchObject([{ isOn: true, step: { state: "unknown" } }, { isOn: false }]);
  });

  it("lets in nobody else", async () => {
    await expect(apiAt({ token: "wrong" }).getInfo()).rejects.toBeInstanceOf(TouchApiLogin);
    await expect(apiAt({ login: "nobody" }).sendMessage(text)).rejects.toBeInstanceOf(TouchApiLogin);
    await expect(apiAt({ token: "wrong" }).getInfoByToken()).rejects.toBeInstanceOf(TouchApiLogin);
  });

  it("signs in by a QR code", async () => {
    await apiAt().forceStop();
    expect(await apiAt().getQr()).toBeUndefined();
    await expect(apiAt().sendMessage(text)).rejects.toBeInstanceOf(TouchApiRefused);
    expect(await apiAt().setState(true)).toMatchObject({ state: "needs_qr" });
    expect(await apiAt().getInfo()).toMatchObject({ step: { state: "needs_qr" } });
    const [first, second] = [await apiAt().getQr(), await apiAt().getQr()];
    expect(first).not.toBe(second);
    mine.scan();
    expect(await apiAt().getInfo()).toMatchObject({ step: { state: "ready" } });
    expect(await apiAt().setState(true)).toMatchObject({ state: "ready" });
  });

  it("signs in by a code on the phone, and goes back to the QR code", async () => {
    await apiAt().setState(false);
    expect(() => mine.scan()).toThrow("the account is off");
    await apiAt().enablePhoneAuth("+7 900 000-00-02");
    expect(await apiAt().getAuthCode()).toBeUndefined();
    expect(await apiAt().setState(true)).toMatchObject({ state: "needs_code" });
    expect(await apiAt().getAuthCode()).toBe("ABCD-1234");
    await apiAt().disablePhoneAuth();
    await apiAt().setState(false);
    expect(await apiAt().setState(true)).toMatchObject({ state: "needs_qr" });
  });

  it("keeps other people's webhooks when ours comes and goes", async () => {
    const [ours, theirs] = ["https://hub.example/in/1", receiver.url];
    expect(await apiAt().addWebhook(ours)).toBe(true);
    expect(await apiAt().addWebhook("HTTPS://Hub.Example:443/in/1")).toBe(false);
    expect(mine.webhooks).toEqual([theirs, ours]);
    expect(await apiAt().deleteWebhook("https://HUB.example/in/1")).toBe(true);
    expect(await apiAt().deleteWebhook(ours)).toBe(false);
    expect(mine.webhooks).toEqual([theirs]);
    expect(standin.requests.filter(({ method }) => method.endsWith("Webhook")).map(({ method }) => method)).toEqual([
      "addWebhook",
      "deleteWebhook",
    ]);
  });

  it("takes its time to start", async () => {
    standin.switches.slowStateSeconds = 0.2;
    const started = performance.now();
    await apiAt().setState(true);
    expect(performance.now() - started).toBeGreaterThan(150);
  });
});

describe("a message that somebody writes", () => {
  it("is told to every webhook of its account, in each unit of time", async () => {
    const second = await startReceiver();
    mine.webhooks.push(second.url);
    const at = new Date("2026-03-02T10:00:00.000Z");
    for (const timeUnit of ["s", "ms", "us"] as const) {
      standin.switches.timeUnit = timeUnit;
      await standin.say(key, { from: "79000000001", text: "Добрый день", name: "Иван", at });
    }
    expect(heard().map((event) => event.at)).toEqual([at, at, at]);
    expect(heard()[0]).toMatchObject({ conversation: "79000000001@c.us", peer: { name: "Иван", phone: "79000000001" }, to: "79000000002" });
    expect(second.heard).toEqual(receiver.heard);
    await second.close();
  });

  it("comes twice, when hooks are doubled", async () => {
    standin.switches.duplicates = true;
    const item = await standin.say(key, { from: "79000000001", text: "Раз" });
    expect(heard().map((event) => event.item)).toEqual([item, item]);
  });

  it("is told again to who did not answer, and given up after four tries", async () => {
    receiver.status = 503;
    await standin.say(key, { from: "79000000001", text: "Раз" });
    expect(standin.hooks[0]?.statuses).toEqual([503, 503, 503, 503]);
    receiver.status = 200;
    await standin.say(key, { from: "79000000001", text: "Два" });
    expect(standin.hooks[1]?.statuses).toEqual([200]);
    expect(receiver.heard).toHaveLength(5);
  });

  it("carries files, which die when they are left too long", async () => {
    const url = standin.putMedia(new TextEncoder().encode("picture"), "image/jpeg");
    await standin.say(key, { from: "79000000001", content: [{ type: "image", src: url }] });
    expect(heard()[0]).toMatchObject({ text: "", attachments: [{ kind: "picture", url }] });
    const alive = await fetch(url);
    expect([alive.status, alive.headers.get("content-type"), await alive.text()]).toEqual([200, "image/jpeg", "picture"]);
    standin.switches.deadMediaAfterSeconds = 1e-9;
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}0`)).status).toBe(404);
  });

  it("is one of many: what we write on the phone, reactions, statuses, anything at all", async () => {
    const item = await standin.echo(key, { to: "79000000001", text: "С телефона" });
    await standin.react(key, item, "👍");
    await standin.react(key, item, "");
    await standin.status(key, item, "failed", "The number is not registered");
    await standin.rawHook(key, { hook_type: "new_chat" });
    expect(heard()).toMatchObject([
      { kind: "message", isOutgoing: true, item, conversation: "79000000001@c.us" },
      { kind: "reaction", item, emoji: "👍", from: "79000000001", thread: "79000000001@c.us" },
      { kind: "reaction", item, emoji: null },
      { kind: "status", item, state: "failed", error: "The number is not registered" },
    ]);
    expect(receiver.heard.at(-1)).toEqual({ hook_type: "new_chat" });
    await expect(standin.say("whatsapp:nobody", { from: "1" })).rejects.toThrow("there is no account");
  });
});

describe("a message that is sent", () => {
  it("goes out in either shape, and comes back as an echo with its id", async () => {
    for (const shape of ["nested", "flat"] as const) {
      const sent = await apiAt({ shape }).sendMessage({ to: "+7 900 000-00-01", text: "Да" });
      await standin.settled();
      expect(sent.thread).toBe("79000000001@c.us");
      expect(Math.abs((sent.at?.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
      expect(heard().at(-1)).toMatchObject({ kind: "message", isOutgoing: true, item: sent.item, text: "Да", thread: sent.thread });
    }
    expect(standin.sent).toMatchObject([
      { to: "79000000001", text: "Да", account: key },
      { to: "79000000001", text: "Да" },
    ]);
    expect(standin.requests.map(({ body }) => Object.keys(body).includes("msg_to"))).toEqual([false, true]);
  });

  it("carries files and a reply, into a conversation", async () => {
    const src = standin.putMedia(new Uint8Array(3), "application/pdf");
    const draft = { thread: "105205425295594@lid", text: "Смета", replyTo: "A1", content: [{ type: "file", src, filename: "1.pdf" }] };
    const sent = await apiAt().sendMessage(draft);
    await standin.settled();
    expect(standin.sent).toMatchObject([draft]);
    expect(heard()).toMatchObject([
      { item: sent.item, thread: draft.thread, replyTo: "A1", attachments: [{ kind: "file", url: src, name: "1.pdf" }] },
    ]);
    expect(await apiAt().getChatMessages(draft.thread)).toMatchObject([{ item: sent.item, isOutgoing: true, text: "Смета" }]);
    expect(await apiAt().getChatMessages("79000000009")).toEqual([]);
  });

  it("is followed by its statuses, in order or not", async () => {
    standin.switches.autoStatuses = true;
    await apiAt().sendMessage(text);
    await standin.settled();
    expect(told()).toEqual(["message", "sent", "delivered", "read"]);
    receiver.heard.length = 0;
    Object.assign(standin.switches, { shuffleStatuses: true, echoes: false });
    await apiAt().sendMessage(text);
    await standin.settled();
    expect(told()).toEqual(["read", "sent", "delivered"]);
  });

  it("may be echoed before it is answered", async () => {
    standin.switches.echoFirst = true;
    const sending = apiAt().sendMessage(text);
    const sent = await sending;
    // Nothing is waited for: it was there first.
    expect(heard()).toMatchObject([{ item: sent.item, isOutgoing: true }]);
    await standin.settled();
    expect(receiver.heard).toHaveLength(1);
  });

  it("may be taken although the answer is lost, and the echo tells so", async () => {
    standin.switches.lostAnswers = true;
    const error = await apiAt()
      .sendMessage(text)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TouchApiUnavailable);
    expect(error).toMatchObject({ mayHaveHappened: true });
    await standin.settled();
    expect(standin.sent).toHaveLength(1);
    expect(heard()).toMatchObject([{ item: standin.sent[0]?.item, isOutgoing: true }]);
    // What only reads is answered.
    expect(await apiAt().getInfo()).toMatchObject({ login: "example" });
  });

  it("is refused to a blocked account, and to a hidden number that nobody has heard from", async () => {
    standin.switches.blocked = true;
    await expect(apiAt().sendMessage(text)).rejects.toThrow("blocked by the messenger");
    Object.assign(standin.switches, { blocked: false, hiddenNumbers: true });
    await expect(apiAt().sendMessage(text)).rejects.toThrow("Chat not found or created");
    await standin.say(key, { from: "79000000001", text: "Раз" });
    expect((await apiAt().sendMessage({ thread: "79000000001@c.us", text: "Два" })).item).toMatch(/^3EB0/);
    await expect(apiAt().sendMessage({ to: "79000000001" })).rejects.toThrow("Empty message");
    expect(standin.sent).toHaveLength(1);
  });

  it("meets every trouble of the far side, and nothing is sent by it", async () => {
    const failures: unknown[] = [];
    for (const down of ["reset", "500", "html", "429"] as const) {
      standin.switches.down = down;
      failures.push(
        await apiAt()
          .sendMessage(text)
          .catch((one: unknown) => one),
      );
    }
    expect(failures).toMatchObject([
      { name: "TouchApiUnavailable", status: 0, mayHaveHappened: true },
      { name: "TouchApiUnavailable", status: 500, mayHaveHappened: true, message: "Internal error (HTTP 500)" },
      { name: "TouchApiUnavailable", status: 200, mayHaveHappened: true },
      { name: "TouchApiUnavailable", status: 429, mayHaveHappened: false, retryAfterSeconds: 7 },
    ]);
    expect(standin.sent).toEqual([]);
  });

  it("to nobody at all was never sent", async () => {
    await standin.close();
    expect(
      await apiAt()
        .sendMessage(text)
        .catch((one: unknown) => one),
    ).toMatchObject({ mayHaveHappened: false });
    standin = await startTouchApi();
  });
});

it("answers nobody who speaks otherwise", async () => {
  const ask = async (path: string, init: RequestInit = { method: "POST", body: "{" }): Promise<[number, Json | string]> => {
    const answer = await fetch(standin.url.replace(/\/api$/, path), init);
    const body = await answer.text();
    return [answer.status, body.startsWith("{") ? (JSON.parse(body) as Json) : "page"];
  };
  expect(await ask("/api/getInfo")).toMatchObject([200, { status: "error", error: { message: "Account not found" } }]);
  expect(await ask("/api/getInfo", { method: "GET" })).toEqual([404, "page"]);
  expect(await ask("/api/constructor")).toEqual([404, "page"]);
  expect(await ask("/api")).toEqual([404, "page"]);
  expect(await ask("/api/addAccount", { method: "POST", body: JSON.stringify({ ...account, login: "new" }) })).toMatchObject([
    200,
    { status: "ok" },
  ]);
  expect(standin.accounts.get("whatsapp:new")).toMatchObject({ way: "off" });
});

it("closes at once, whatever is under way", async () => {
  standin.switches.slowStateSeconds = 60;
  receiver.status = 500;
  const slow = apiAt()
    .setState(true)
    .catch(() => "cut");
  void standin.say(key, { from: "79000000001", text: "Раз" });
  await expect.poll(() => standin.requests.length).toBe(1);
  await standin.close();
  expect(await slow).toBe("cut");
  standin = await startTouchApi();
});
