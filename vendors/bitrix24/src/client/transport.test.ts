import { overFetch, type Send } from "@svyazka/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  applicationSession,
  BitrixClosed,
  BitrixError,
  BitrixLimited,
  BitrixLogin,
  BitrixNotFound,
  BitrixRefused,
  BitrixUnable,
  BitrixUnavailable,
  makePortal,
  type Portal,
  runBatch,
  type TokenStore,
  type Tokens,
  webhookSession,
} from "../client.ts";
import { readWebhook } from "../protocol.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";

/** The client against a portal over real HTTP. */

let standin: Bitrix24Standin;
beforeEach(async () => {
  standin = await startBitrix24();
});
afterEach(() => standin.stop());

/** What each request was answered with. */
let statuses: number[];
beforeEach(() => {
  statuses = [];
});
const send: Send = async (request) => {
  const answer = await overFetch(fetch)(request);
  statuses.push(answer.status);
  return answer;
};
const common = { send, sleep: async () => {} };

function byWebhook(rest: Partial<Parameters<typeof makePortal>[0]> = {}): Portal {
  const webhook = readWebhook(standin.webhook);
  if (!webhook) throw new Error("the stand-in has a webhook");
  let place: string | undefined;
  const session = webhookSession(webhook, {
    read: async () => place,
    save: async (base) => {
      place = base;
    },
  });
  return makePortal({ ...common, session, ...rest });
}

/** Tokens that any number of clients share, as processes do. */
function sharedTokens(): TokenStore & { current(): Tokens | undefined } {
  const { access_token, refresh_token } = standin.tokens();
  let tokens: Tokens | undefined = {
    accessToken: access_token,
    refreshToken: refresh_token,
    base: `${standin.url}/rest/`,
    server: standin.url,
  };
  let queue: Promise<unknown> = Promise.resolve();
  return {
    current: () => tokens,
    read: async () => tokens,
    exclusively(work) {
      const turn = queue.then(() =>
        work(tokens, async (next) => {
          tokens = next;
        }),
      );
      queue = turn.catch(() => {});
      return turn;
    },
  };
}
const asApplication = (tokens: TokenStore, rest: Partial<Parameters<typeof makePortal>[0]> = {}): Portal =>
  makePortal({ ...common, session: applicationSession({ ...standin.app, tokens, send }), ...rest });

const errorOf = async (work: Promise<unknown>): Promise<BitrixError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BitrixError);
  return error as BitrixError;
};

describe("a webhook", () => {
  it("is read however a person copies it, and told from what is none", () => {
    const wanted = { base: "https://romashka.bitrix24.ru/rest/1/abcdef123/", user: 1, secret: "abcdef123" };
    for (const text of [
      "https://romashka.bitrix24.ru/rest/1/abcdef123/",
      "https://romashka.bitrix24.ru/rest/1/abcdef123",
      " https://romashka.bitrix24.ru/rest/1/abcdef123/profile.json ",
    ])
      expect(readWebhook(text)).toEqual(wanted);
    expect(readWebhook("1/abcdef123", "https://romashka.bitrix24.ru")).toEqual(wanted);
    expect(readWebhook("http://box.local:8080/crm/rest/7/abcdef123/")?.base).toBe("http://box.local:8080/crm/rest/7/abcdef123/");
    for (const text of [
      "",
      "romashka.bitrix24.ru",
      "https://romashka.bitrix24.ru/rest/",
      "https://x@evil/rest/1/abcdef123/",
      "1/a b",
      "1/abcdef123",
    ])
      expect(readWebhook(text), text).toBeUndefined();
  });

  it("asks, and gets what the portal has", async () => {
    const portal = byWebhook();
    const { id } = await portal.deals.add({ title: "Окна", opportunity: 150.5 });
    expect(await portal.deals.get(id)).toMatchObject({ id, title: "Окна", opportunity: 150.5, categoryId: 0, stageId: "NEW" });
    expect(await portal.deals.find(999_999)).toBeUndefined();
  });

  it("that was deleted lets nobody in, and says so once", async () => {
    standin.revokeWebhook();
    expect(await errorOf(byWebhook().deals.page({}))).toBeInstanceOf(BitrixLogin);
    expect(standin.requests.length).toBe(1);
  });

  it("may not do what is for applications", async () => {
    const error = await errorOf(byWebhook().subscriptions.all());
    expect(error).toBeInstanceOf(BitrixUnable);
    expect(error).toMatchObject({ status: 403, code: "WRONG_AUTH_TYPE" });
  });
});

describe("tokens", () => {
  it("are renewed when the portal says that they are too old, and not before", async () => {
    const tokens = sharedTokens();
    const portal = asApplication(tokens);
    await portal.deals.page({});
    expect(standin.tokensGiven()).toBe(0);
    const before = tokens.current();
    standin.expireTokens();
    await portal.deals.page({});
    expect(standin.tokensGiven()).toBe(1);
    expect(tokens.current()).not.toEqual(before);
    expect(tokens.current()?.memberId).toBe(standin.memberId);
  });

  it("are renewed once by many clients that share them, and by many calls of each", async () => {
    const tokens = sharedTokens();
    const portals = Array.from({ length: 8 }, () => asApplication(tokens));
    standin.expireTokens();
    await Promise.all(portals.flatMap((portal) => Array.from({ length: 10 }, () => portal.deals.page({}))));
    expect(standin.tokensGiven()).toBe(1);
  });

  it("that can be renewed no more ask for a person, and are not shown again", async () => {
    const tokens = sharedTokens();
    const portal = asApplication(tokens);
    standin.revokeApp();
    expect(await errorOf(portal.deals.page({}))).toBeInstanceOf(BitrixLogin);
    standin.expireTokens();
    expect(await errorOf(portal.deals.page({}))).toBeInstanceOf(BitrixLogin);
  });

  it("are not lost when the server that renews them is ill, whatever it says", async () => {
    const tokens = sharedTokens();
    const before = tokens.current();
    const ill: Send = async () => ({ status: 503, headers: {}, body: '{"error":"internal_error","error_description":"try later"}' });
    standin.expireTokens();
    const portal = asApplication(tokens, { session: applicationSession({ ...standin.app, tokens, send: ill }) });
    expect(await errorOf(portal.deals.page({}))).toBeInstanceOf(BitrixUnavailable);
    expect(tokens.current()).toEqual(before);
    expect(await asApplication(tokens).deals.page({})).toEqual([]);
  });

  it("that another process has stored are taken when ours are refused", async () => {
    const tokens = sharedTokens();
    const portal = asApplication(tokens);
    await portal.deals.page({});
    const good = standin.tokens();
    await tokens.exclusively(async (current, save) => save({ ...(current as Tokens), accessToken: "never was one" }));
    const other = asApplication(tokens);
    expect(await errorOf(other.deals.page({}))).toBeInstanceOf(BitrixLogin);
    await tokens.exclusively(async (current, save) => save({ ...(current as Tokens), accessToken: good.access_token }));
    expect(await other.deals.page({})).toEqual([]);
  });
});

describe("a portal that was renamed", () => {
  it("is followed by the same request, and stays known, by a webhook", async () => {
    const portal = byWebhook();
    const { id } = await portal.deals.add({ title: "До" });
    const { host } = await standin.rename();
    expect(await portal.deals.add({ title: "После" })).toMatchObject({ title: "После" });
    expect(await portal.deals.get(id)).toMatchObject({ title: "До" });
    expect(statuses.filter((status) => status === 302).length).toBe(1);
    expect(standin.host).toBe(host);
  });

  it("is followed as an application, for all who share its tokens", async () => {
    const tokens = sharedTokens();
    const { url } = await standin.rename();
    await asApplication(tokens).deals.add({ title: "После" });
    expect(tokens.current()?.base).toBe(`${url}/rest/`);
    await asApplication(tokens).deals.page({});
    expect(statuses.filter((status) => status === 302).length).toBe(1);
  });

  it("more than once is followed to where it is now, and no round for ever", async () => {
    const { pathname } = new URL(standin.webhook);
    const asked: string[] = [];
    const next: Record<string, string> = { "old.example": "newer.example", "newer.example": "newest.example" };
    const moving: Send = async ({ url }) => {
      const { host } = new URL(url);
      asked.push(host);
      const location = next[host] && `https://${next[host]}${pathname}crm.item.list.json`;
      return { status: location ? 302 : 200, headers: location ? { location } : {}, body: '{"result":{"items":[]}}' };
    };
    const webhook = readWebhook(`https://old.example${pathname}`);
    if (!webhook) throw new Error("no webhook");
    const session = () => webhookSession(webhook, { read: async () => undefined, save: async () => {} });
    expect(await byWebhook({ send: moving, session: session() }).deals.page({})).toEqual([]);
    expect(asked).toEqual(["old.example", "newer.example", "newest.example"]);
    next["newest.example"] = "old.example";
    expect(await errorOf(byWebhook({ send: moving, session: session() }).deals.add({ title: "Окна" }))).toBeInstanceOf(BitrixUnavailable);
  });

  it("is not looked for on a page to sign in", async () => {
    standin.faults.add({ kind: "redirect_login" });
    expect(await errorOf(byWebhook().deals.add({ title: "Окна" }))).toBeInstanceOf(BitrixUnavailable);
  });
});

describe("a limit", () => {
  it("of the bucket is waited out, by writes too", async () => {
    const paused: number[] = [];
    const portal = byWebhook({ pause: async (seconds) => void paused.push(seconds) });
    standin.faults.add({ kind: "query_limit", times: 2 });
    await portal.deals.add({ title: "Один раз" });
    expect(paused.length).toBe(2);
    expect(standin.state.deals.size).toBe(1);
  });

  it("of the bucket is thrown at once to whoever has no patience", async () => {
    standin.faults.add({ kind: "query_limit" });
    expect(await errorOf(byWebhook({ patienceSeconds: 0 }).deals.page({}))).toMatchObject({ name: "BitrixLimited", isOfMethod: false });
  });

  it("of the operating time shuts this method, and no other", async () => {
    const portal = byWebhook();
    standin.faults.add({ kind: "operation_time_limit", method: "crm.item.list" });
    const error = await errorOf(portal.deals.page({}));
    expect(error).toBeInstanceOf(BitrixLimited);
    expect(error).toMatchObject({ status: 429, isOfMethod: true });
    const asked = standin.count("crm.item.list");
    expect(await errorOf(portal.deals.page({}))).toBeInstanceOf(BitrixLimited);
    expect(standin.count("crm.item.list")).toBe(asked);
    await portal.deals.add({ title: "Окна" });
  });
});

describe("a limit inside a batch", () => {
  const add = { method: "crm.item.add", params: { entityTypeId: 2, fields: { title: "Окна" } } };
  const list = { method: "crm.item.list", params: { entityTypeId: 2 } };

  it("of the operating time shuts the method of that command, alone and in batches", async () => {
    const portal = byWebhook();
    standin.faults.add({ kind: "operation_time_limit", method: "crm.item.add" });
    expect((await runBatch(portal.transport, { add, list })).get("add")).toMatchObject({ error: { isOfMethod: true } });
    const asked = standin.requests.length;
    expect(await errorOf(portal.deals.add({ title: "Окна" }))).toBeInstanceOf(BitrixLimited);
    expect(await errorOf(runBatch(portal.transport, { add, list }))).toBeInstanceOf(BitrixLimited);
    expect(standin.requests.length).toBe(asked);
  });

  it("leaves what can wait out of the next one", async () => {
    const portal = byWebhook();
    standin.faults.add({ kind: "operation_time_limit", method: "crm.item.add" });
    await runBatch(portal.transport, { add });
    const later = await runBatch(portal.transport, { list, add: { ...add, canWait: true } });
    expect(later.get("list")).toMatchObject({ isDone: true });
    expect(later.get("add")).toMatchObject({ isDone: false, error: { isOfMethod: true } });
    expect(standin.state.deals.size).toBe(0);
  });
});

describe("what goes wrong", () => {
  it("is told by what is to be done about it", async () => {
    const portal = byWebhook({ patienceSeconds: 0 });
    const cases = [
      ["access_denied", BitrixClosed],
      ["portal_deleted", BitrixClosed],
      ["no_auth_found", BitrixLogin],
      ["overload", BitrixLimited],
      ["internal", BitrixUnavailable],
      ["html", BitrixUnavailable],
    ] as const;
    for (const [kind, type] of cases) {
      standin.faults.add({ kind, times: 5 });
      expect(await errorOf(portal.deals.add({ title: "Окна" })), kind).toBeInstanceOf(type);
      standin.faults.clear();
    }
    standin.setScopes(["user"]);
    expect(await errorOf(portal.deals.page({}))).toMatchObject({ name: "BitrixUnable", code: "insufficient_scope" });
  });

  it("keeps the portal's words where its code is empty", async () => {
    standin.faults.add({ kind: "empty_error", description: "Поле «Название» не заполнено" });
    const error = await errorOf(byWebhook().deals.add({}));
    expect(error).toBeInstanceOf(BitrixRefused);
    expect(error).toMatchObject({ code: "", words: "Поле «Название» не заполнено" });
    expect(error.message).toContain("Поле «Название» не заполнено");
    standin.faults.add({ kind: "empty_error", description: "Not found" });
    expect(await errorOf(byWebhook().deals.get(1))).toBeInstanceOf(BitrixNotFound);
  });

  it("is tried again for reads, and never for a write that may have been done", async () => {
    const portal = byWebhook();
    standin.faults.add({ kind: "timeout_after", method: "crm.item.list" });
    expect(await portal.deals.page({})).toEqual([]);
    standin.faults.add({ kind: "timeout_after", method: "crm.item.add" });
    const error = await errorOf(portal.deals.add({ title: "Один раз" }));
    expect(error).toMatchObject({ name: "BitrixUnavailable", mayHaveHappened: true });
    expect(standin.state.deals.size).toBe(1);
    await standin.down();
    expect(await errorOf(portal.deals.add({ title: "Никогда" }))).toMatchObject({ mayHaveHappened: false });
    await standin.up();
    expect(standin.state.deals.size).toBe(1);
  });

  it("names no secret", async () => {
    standin.faults.add({ kind: "internal", times: 3 });
    const error = await errorOf(byWebhook().deals.add({ title: "Окна" }));
    expect(`${error.message} ${error.stack}`).not.toContain(readWebhook(standin.webhook)?.secret);
  });
});

describe("lists", () => {
  it("bring everything by id, however much there is, and do not count it", async () => {
    const portal = byWebhook();
    for (let made = 0; made < 120; made++) await portal.contacts.add({ name: `Человек ${made}` });
    const names: string[] = [];
    for await (const { name } of portal.contacts.all({})) names.push(String(name));
    expect(names.length).toBe(120);
    expect(new Set(names).size).toBe(120);
    expect(standin.requests.filter(({ method }) => method === "crm.item.list").every(({ params }) => params["start"] === -1)).toBe(true);
  });
});
