import { createHash } from "node:crypto";
import type { Kit, OwnCrm } from "@svyazka/core";
import type { MemoryKit } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionTo, localKit } from "../testkit/connection.ts";
import { botapi } from "./adapter.ts";
import { type Someone, type StandinBot, startTelegram, type TelegramStandin } from "./standin.ts";

const anna: Someone = { id: 2_077_000_001, firstName: "Анна" };
const nothingWaits = { messages: { list: async () => ({ items: [], isMore: false }) } } as unknown as OwnCrm;
let telegram: TelegramStandin;
let bot: StandinBot;
let kit: MemoryKit;
let running: AbortController[];
beforeEach(async () => {
  telegram = await startTelegram();
  bot = telegram.addBot();
  kit = kitWith({});
  running = [];
});
afterEach(async () => {
  for (const one of running) one.abort();
  await telegram.close();
});
const kitWith = (rest: Partial<Kit>): MemoryKit =>
  localKit({ publicUrl: () => "https://hub.example", ownCrm: async () => nothingWaits, ...rest });
const connection = (delivery: "polling" | "webhook" = "polling", token = bot.token) =>
  connectionTo(token, { delivery, address: telegram.url });
const check = (of = connection(), lent: Kit = kit) => botapi.connect?.(of, lent).check();
const poll = (of = connection(), lent: Kit = kit) => botapi.poll?.(of, lent, new Date(0));
const hookOf = async () =>
  (
    (await (await fetch(`${telegram.url}/bot${bot.token}/getWebhookInfo`)).json()) as {
      result: { url: string; allowed_updates?: string[] };
    }
  ).result;
const setForeign = (url = "https://another.example/hook") =>
  fetch(`${telegram.url}/bot${bot.token}/setWebhook?url=${encodeURIComponent(url)}`);
const ours = "https://hub.example/in/hook-secret-of-the-address/botapi/update";

/** Listens until the test is over; what it ended with. */
function listen(lent: Kit = kit, of = connection()): { stop(): Promise<void>; readonly ended: Promise<unknown> } {
  const stopping = new AbortController();
  running.push(stopping);
  const done = botapi.listen?.(of, lent, stopping.signal) ?? Promise.resolve();
  const ended = done.then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
const texts = (lent: MemoryKit = kit) =>
  lent.facts.flatMap((fact) => (fact.type === "message.received" ? [(fact.data as { message: { text: string } }).message.text] : []));

describe("a bot that is asked", () => {
  it("brings what was written before and while somebody listens, in order", async () => {
    bot.say({ from: anna, text: "раз" });
    const listening = listen();
    await expect.poll(() => texts()).toEqual(["раз"]);
    bot.say({ from: anna, text: "два" });
    bot.say({ from: anna, text: "три", group: { id: -5, title: "Группа" } });
    bot.react(anna, 1, "👍");
    await expect.poll(() => kit.facts.map(({ type }) => type)).toEqual(["message.received", "message.received", "message.changed"]);
    expect(texts()).toEqual(["раз", "два"]);
    expect(kit.origins[0]).toMatchObject({ what: "getUpdates", raw: expect.stringContaining("раз") });
    await listening.stop();
  });

  it("loses nothing and doubles nothing when somebody dies between writing down and moving on", async () => {
    bot.say({ from: anna, text: "раз" });
    let isDead = true;
    const dying = kitWith({
      store: {
        ...kit.store,
        put: async (kind, ...rest) => {
          if (kind === "place" && isDead) throw new Error("the power was cut");
          return kit.store.put(kind, ...rest);
        },
      },
    });
    expect(await listen(dying).ended).toMatchObject({ message: "the power was cut" });
    expect([texts(dying), bot.pending]).toEqual([["раз"], 1]);
    isDead = false;
    bot.say({ from: anna, text: "два" });
    const again = listen(dying);
    await expect.poll(() => texts(dying)).toEqual(["раз", "два"]);
    await expect.poll(() => bot.pending).toBe(0);
    await again.stop();
  });

  it("goes on where it stopped, and asks from the beginning when that was long ago: numbers of updates begin anew after a week", async () => {
    bot.say({ from: anna, text: "раз" });
    let now = new Date();
    const lent = kitWith({ now: () => now });
    const first = listen(lent);
    await expect.poll(() => bot.pending).toBe(0);
    await first.stop();
    const offsets: unknown[] = [];
    const seeing = kitWith({
      ...{ store: lent.store, now: () => now },
      fetch: async (request) => {
        if (request.url.endsWith("/getUpdates")) offsets.push((JSON.parse(request.body ?? "{}") as { offset?: number }).offset);
        return kit.fetch(request);
      },
    });
    const second = listen(seeing);
    await expect.poll(() => offsets).toEqual([expect.any(Number)]);
    await second.stop();
    now = new Date(Date.now() + 7 * 86_400_000);
    const third = listen(seeing);
    await expect.poll(() => offsets).toHaveLength(2);
    expect(offsets[1]).toBeUndefined();
    await third.stop();
  });

  it("stops at once, although Telegram would make it wait", async () => {
    const listening = listen();
    await expect.poll(() => telegram.asked).toContain("getUpdates");
    const started = performance.now();
    await listening.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("takes the updates from another program when it is connected, and does not fight when that takes them back", async () => {
    await setForeign();
    bot.say({ from: anna, text: "раз" });
    const listening = listen();
    await expect.poll(() => texts()).toEqual(["раз"]);
    await listening.stop();
    await setForeign();
    expect(await listen().ended).toMatchObject({ name: "Refused", message: expect.stringContaining("another.example") });
    expect((await hookOf()).url).toContain("another.example");
    await check();
    expect((await hookOf()).url).toBe("");
  });

  it("is shut, and says why, while Telegram is away or does not take the token", async () => {
    telegram.switches.down = true;
    expect(await listen().ended).toMatchObject({ name: "Closed" });
    telegram.switches.down = false;
    const before = connection();
    bot.say({ from: anna, text: "раз" });
    const renewed = bot.revoke();
    expect(await listen(kit, before).ended).toMatchObject({ name: "Closed", message: expect.not.stringContaining(before.secrets.token) });
    // What was written meanwhile waits for whoever comes with the new one.
    listen(kit, connection("polling", renewed));
    await expect.poll(() => texts()).toEqual(["раз"]);
  });

  it("is not asked while it is only tried", async () => {
    await setForeign();
    const trial = kitWith({ isTrial: true });
    await check(connection(), trial);
    await check(connection("webhook"), trial);
    expect([(await hookOf()).url, telegram.asked.filter((method) => /webhook$/i.test(method) && method !== "getWebhookInfo")]).toEqual([
      "https://another.example/hook",
      ["setWebhook"],
    ]);
    await expect(check(connection("polling", "1:wrong"), trial)).rejects.toMatchObject({ name: "Closed" });
  });
});

describe("a bot whose updates are brought", () => {
  it("is told our address, with a secret, by the first round; and again when somebody has undone it", async () => {
    expect(await poll(connection("webhook"))).toEqual({ facts: [], what: "written" });
    expect(await hookOf()).toMatchObject({ url: ours, allowed_updates: expect.arrayContaining(["message_reaction"]) });
    const before = telegram.asked.length;
    await poll(connection("webhook"));
    expect(telegram.asked.slice(before)).toEqual(["getWebhookInfo"]);
    await setForeign("");
    await poll(connection("webhook"));
    expect((await hookOf()).url).toBe(ours);
  });

  it("is told a secret that was rotated, although Telegram does not tell which it has", async () => {
    const before = connection("webhook");
    await poll(before);
    const rotated = { ...before, secrets: { ...before.secrets, secret_token: "another_secret" } };
    const count = telegram.asked.length;
    await poll(rotated);
    expect(telegram.asked.slice(count)).toEqual(["getWebhookInfo", "setWebhook"]);
    const kept = JSON.stringify(await kit.store.list("hook"));
    expect(kept).not.toContain("another_secret");
    expect(kept).toContain(createHash("sha256").update("another_secret").digest("base64url").slice(0, 16));
  });

  it("is not fought for: another program that takes it is named until a person wants it back", async () => {
    await poll(connection("webhook"));
    await setForeign();
    await expect(poll(connection("webhook"))).rejects.toMatchObject({
      name: "Refused",
      message: expect.stringContaining("another.example"),
    });
    await check(connection("webhook"));
    expect((await hookOf()).url).toBe(ours);
  });

  it("says when Telegram cannot reach us", async () => {
    const nowhere = kitWith({ publicUrl: () => "http://127.0.0.1:2" });
    await poll(connection("webhook"), nowhere);
    bot.say({ from: anna, text: "Есть кто?" });
    await expect
      .poll(() =>
        poll(connection("webhook"), nowhere)?.then(
          () => "",
          (error: Error) => error.message,
        ),
      )
      .toContain("cannot bring updates");
  });

  it("is left when the connection goes: our address is removed, another one stays", async () => {
    const of = connection("webhook");
    const farewell = () => botapi.connect?.(of, kit).farewell?.();
    await poll(of);
    await farewell();
    expect((await hookOf()).url).toBe("");
    await setForeign();
    await farewell();
    expect((await hookOf()).url).toBe("https://another.example/hook");
  });

  it("is one or the other: listened to, or come to by the door", () => {
    const listens = (of: ReturnType<typeof connection>) => [botapi.listens?.(of, () => true), botapi.receives?.(of)];
    expect([listens(connection()), listens(connection("webhook"))]).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(botapi.urls?.(connection("webhook"), "https://hub.example")).toEqual({ webhook: ours });
    expect(JSON.stringify(botapi.paste?.(connection(), "https://hub.example"))).not.toContain(bot.token);
  });
});
