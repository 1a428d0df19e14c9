import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { noLimit, scripted } from "../../testkit/amo.ts";
import {
  type AmoError,
  AmoLoginNeeded,
  AmoUnauthorized,
  AmoUnavailable,
  fileTokens,
  longLived,
  makeAmo,
  memoryTokens,
  overFetch,
  type TokenStore,
  type Tokens,
} from "../client.ts";
import { writeJwt } from "../protocol.ts";
import { type AmoStandIn, startAmo } from "../standin.ts";

const started: AmoStandIn[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const standin of started.splice(0)) await standin.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
async function start(): Promise<AmoStandIn> {
  const standin = await startAmo();
  started.push(standin);
  return standin;
}
async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "amo-tokens-"));
  folders.push(folder);
  return join(folder, "tokens.json");
}
const clientOf = (standin: AmoStandIn, tokens: TokenStore, more: object = {}) =>
  makeAmo({ domain: standin.url, credentials: standin.credentials, tokens, send: overFetch(fetch), limiter: noLimit, ...more });
/** As if the day were over. */
async function age(tokens: TokenStore, leftSeconds: number): Promise<void> {
  await tokens.exclusively(async (current, save) => {
    if (current) await save({ ...current, expiresAt: Math.floor(Date.now() / 1000) + leftSeconds });
  });
}
const now = () => Math.floor(Date.now() / 1000);

describe("a code from a person's consent", () => {
  it("becomes tokens that are stored, and is good once", async () => {
    const standin = await start();
    const tokens = memoryTokens();
    const amo = clientOf(standin, tokens);
    await expect(amo.account.get()).rejects.toThrow(AmoLoginNeeded);
    const code = standin.code();
    await amo.begin(code);
    expect((await amo.account.get()).id).toBe(standin.state.info.id);
    expect(await tokens.read()).toMatchObject({ refreshToken: expect.stringMatching(/^def502/), expiresAt: expect.any(Number) });
    await expect(amo.begin(code)).rejects.toMatchObject({ problem: { hint: expect.any(String) } });
  });
});

describe("tokens whose end is near", () => {
  it("sixteen processes that need one at the same moment make one renewal, and all go on", { timeout: 120_000 }, async () => {
    const standin = await start();
    const path = await newPath();
    const tokens = fileTokens(path);
    await clientOf(standin, tokens).begin(standin.code());
    await age(tokens, -1);
    const before = standin.tokensGiven();
    const script = fileURLToPath(new URL("../../testkit/renew-process.ts", import.meta.url));
    const args = [script, standin.url, path, JSON.stringify(standin.credentials), String(Date.now() + 6_000)];
    const all = await Promise.all(Array.from({ length: 16 }, () => promisify(execFile)(process.execPath, args)));
    expect(all.map(({ stdout }) => stdout.trim())).toEqual(Array(16).fill(standin.state.info.subdomain));
    expect(standin.tokensGiven() - before).toBe(1);
    expect(standin.requests.filter(({ path: at }) => at === "/oauth2/access_token").at(-1)?.status).toBe(200);
    expect((await readdir(join(path, ".."))).filter((name) => name.includes("lock"))).toHaveLength(1);
  });

  it("many requests of one process make one renewal", async () => {
    const standin = await start();
    const tokens = memoryTokens();
    const amo = clientOf(standin, tokens);
    await amo.begin(standin.code());
    await age(tokens, 60);
    const other = clientOf(standin, tokens);
    await Promise.all(Array.from({ length: 20 }, () => other.account.get()));
    expect(standin.tokensGiven()).toBe(2);
  });

  it("are used to their end when amoCRM does not renew them, and somebody is told", async () => {
    const standin = await start();
    const tokens = memoryTokens();
    await clientOf(standin, tokens).begin(standin.code());
    const good = await tokens.read();
    await tokens.exclusively((_, save) => save({ ...(good as Tokens), refreshToken: "used", expiresAt: now() + 600 }));
    const told: AmoError[] = [];
    const amo = clientOf(standin, tokens, { warn: (error: AmoError) => told.push(error) });
    await amo.account.get();
    await amo.account.get();
    expect(told).toEqual([expect.any(AmoLoginNeeded)]);
    await age(tokens, -1);
    const asked = standin.requests.length;
    const late = clientOf(standin, tokens, { now: () => Date.now() + 3_600_000 });
    await expect(late.account.get()).rejects.toThrow(AmoLoginNeeded);
    await expect(late.account.get()).rejects.toThrow(AmoLoginNeeded);
    // The refused one is shown once by this client, and not again.
    expect(standin.requests.length - asked).toBe(1);
  });
});

describe("a token that is refused", () => {
  it("is replaced by what another process has stored, without a renewal", async () => {
    const standin = await start();
    const tokens = memoryTokens();
    const amo = clientOf(standin, tokens);
    await amo.begin(standin.code());
    await amo.account.get();
    const mine = await tokens.read();
    // Somebody else lets the integration in again; the first token is revoked.
    standin.revoke();
    const other = memoryTokens();
    await clientOf(standin, other).begin(standin.code());
    await tokens.exclusively(async (_, save) => save((await other.read()) as Tokens));
    expect(await tokens.read()).not.toEqual(mine);
    const given = standin.tokensGiven();
    // Whoever acts for somebody sees it, too.
    await amo.actingAs(standin.state.users[1]?.id ?? 0).account.get();
    await amo.account.get();
    expect(standin.tokensGiven()).toBe(given);
  });

  it("is renewed once, and then given up", async () => {
    const standin = await start();
    const tokens = memoryTokens();
    const amo = clientOf(standin, tokens);
    await amo.begin(standin.code());
    standin.revoke();
    await expect(amo.account.get()).rejects.toThrow(AmoLoginNeeded);
    await expect(clientOf(standin, memoryTokens(longLived("no.such.token"))).account.get()).rejects.toThrow(AmoUnauthorized);
    expect(standin.requests.filter(({ path }) => path === "/api/v4/account")).toHaveLength(2);
  });
});

describe("a token that is refused although it is new", () => {
  it("is not renewed again and again", async () => {
    const { send, asked } = scripted(({ url }, count) =>
      url.endsWith("/oauth2/access_token")
        ? { body: { token_type: "Bearer", access_token: `a${count}`, refresh_token: `r${count}`, expires_in: 86_400, server_time: 0 } }
        : { status: 401, body: { title: "Unauthorized", status: 401, detail: "" } },
    );
    const tokens = memoryTokens({ accessToken: "a", refreshToken: "r", expiresAt: now() + 80_000 });
    const credentials = { clientId: "c", clientSecret: "s", redirectUri: "https://example.com/" };
    const amo = makeAmo({ domain: "sub.amocrm.ru", credentials, tokens, send, limiter: noLimit });
    for (let time = 0; time < 3; time++) await expect(amo.account.get()).rejects.toThrow(AmoUnauthorized);
    await expect(amo.actingAs(5).account.get()).rejects.toThrow(AmoUnauthorized);
    expect(asked.filter(({ url }) => url.endsWith("/oauth2/access_token"))).toHaveLength(1);
  });

  it("of somebody one acts for is not renewed at all", async () => {
    const { send, asked } = scripted(() => ({ status: 401 }));
    const tokens = memoryTokens({ accessToken: "a", refreshToken: "r", expiresAt: now() + 80_000 });
    const credentials = { clientId: "c", clientSecret: "s", redirectUri: "https://example.com/" };
    const amo = makeAmo({ domain: "sub.amocrm.ru", credentials, tokens, send, limiter: noLimit });
    await expect(amo.actingAs(5).account.get()).rejects.toThrow(AmoUnauthorized);
    expect(asked).toHaveLength(1);
  });
});

describe("a new pair", () => {
  it("that the store does not take is kept, saved at the next chance, and not used before that", async () => {
    const standin = await start();
    const inner = memoryTokens();
    await clientOf(standin, inner).begin(standin.code());
    await age(inner, -1);
    const spent = (await inner.read())?.refreshToken;
    let isBroken = true;
    const tokens: TokenStore = {
      read: inner.read,
      exclusively: (work) =>
        inner.exclusively((current, save) =>
          work(current, async (pair) => {
            if (isBroken) throw new Error("the disk is full");
            await save(pair);
          }),
        ),
    };
    const amo = clientOf(standin, tokens, { sleep: async () => {} });
    await expect(amo.account.get()).rejects.toThrow("the disk is full");
    expect(standin.tokensGiven()).toBe(2);
    expect(standin.requests.filter(({ path }) => path === "/api/v4/account")).toEqual([]);
    isBroken = false;
    await amo.account.get();
    expect(standin.tokensGiven()).toBe(2);
    expect((await inner.read())?.refreshToken).not.toBe(spent);
  });

  it("whose answer is lost is told of as such", async () => {
    const { send } = scripted(() => ({ status: 502, body: "<html>Bad Gateway</html>" }));
    const tokens = memoryTokens({ accessToken: "a", refreshToken: "r", expiresAt: now() - 1 });
    const credentials = { clientId: "c", clientSecret: "s", redirectUri: "https://example.com/" };
    const amo = makeAmo({ domain: "sub.amocrm.ru", credentials, tokens, send });
    const error = await amo.account.get().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AmoUnavailable);
    expect(error).toMatchObject({ mayHaveHappened: true });
    expect(String(error)).not.toContain('r"');
  });
});

describe("an account that is called differently now", () => {
  const api = (claim: string) => writeJwt({ api_domain: claim, exp: now() - 10 }, "key");
  const credentials = { clientId: "c", clientSecret: "s", redirectUri: "https://example.com/" };
  const pair = { token_type: "Bearer", access_token: "new", refresh_token: "r2", expires_in: 86_400, server_time: 0 };

  it("is found by its refresh token, and asked there from now on", async () => {
    const { send, asked } = scripted(({ url }) =>
      url.startsWith("https://api-b.amocrm.ru/")
        ? { body: { id: 1, subdomain: "new", domain: "new.amocrm.ru", top_level_domain: "ru" } }
        : url === "https://new.amocrm.ru/oauth2/access_token"
          ? { body: pair }
          : url.startsWith("https://new.amocrm.ru/")
            ? { body: { id: 1 } }
            : { status: 404, body: "<html>no such account</html>" },
    );
    const tokens = memoryTokens({ accessToken: api("api-b.amocrm.ru"), refreshToken: "r1", expiresAt: now() - 1 });
    await makeAmo({ domain: "old.amocrm.ru", credentials, tokens, send }).account.get();
    expect(await tokens.read()).toMatchObject({ domain: "new.amocrm.ru", refreshToken: "r2" });
    expect(asked[1]?.headers).toMatchObject({ "x-refresh-token": "r1" });
    // What was in it is secret, and what comes back where tokens are given.
    expect(asked.map(({ secrets, hidesReply }) => [secrets, hidesReply])).toEqual([
      [["s", "r1"], true],
      [["r1"], undefined],
      [["s", "r1"], true],
      [["new"], undefined],
    ]);
  });

  it("is found when the old host sends one on, and no token is renewed for it", async () => {
    const { send, asked } = scripted(({ url }) =>
      url.startsWith("https://api-b.amocrm.ru/")
        ? { body: { domain: "new.amocrm.ru" } }
        : url.startsWith("https://new.amocrm.ru/")
          ? { body: { id: 1 } }
          : { status: 301, headers: { location: "https://evil.example/api/v4/account" } },
    );
    const first = { accessToken: api("api-b.amocrm.ru"), refreshToken: "r1", expiresAt: now() + 80_000 };
    const tokens = memoryTokens(first);
    const amo = makeAmo({ domain: "old.amocrm.ru", credentials, tokens, send, limiter: noLimit });
    await amo.account.get();
    await amo.account.get();
    expect(await tokens.read()).toEqual({ ...first, domain: "new.amocrm.ru" });
    expect(asked.map(({ url }) => new URL(url).host)).toEqual(["old.amocrm.ru", "api-b.amocrm.ru", "new.amocrm.ru", "new.amocrm.ru"]);
  });

  it("a redirect of an account that has not moved is told as such", async () => {
    const { send, asked } = scripted(({ url }) =>
      url.startsWith("https://api-b.amocrm.ru/")
        ? { body: { domain: "old.amocrm.ru" } }
        : { status: 302, headers: { location: "https://www.amocrm.ru/" } },
    );
    const tokens = memoryTokens({ accessToken: api("api-b.amocrm.ru"), refreshToken: "r1", expiresAt: now() + 80_000 });
    const amo = makeAmo({ domain: "old.amocrm.ru", credentials, tokens, send, limiter: noLimit });
    await expect(amo.account.get()).rejects.toThrow("sent on to https://www.amocrm.ru/");
    expect(asked).toHaveLength(2);
  });

  it.each(["evil.example", "amocrm.ru.evil.example", "evil.example/.amocrm.ru"])(
    "is not looked for at %s, nor is the secret sent there",
    async (host) => {
      const { send, asked } = scripted(({ url }) => (url.includes("subdomain") ? { body: { domain: host } } : { status: 401, body: {} }));
      for (const claim of [host, "api-b.amocrm.ru"]) {
        const tokens = memoryTokens({ accessToken: api(claim), refreshToken: "r1", expiresAt: now() - 1 });
        await expect(makeAmo({ domain: "old.amocrm.ru", credentials, tokens, send }).account.get()).rejects.toThrow(AmoLoginNeeded);
      }
      expect(asked.map(({ url }) => new URL(url).host).filter((one) => !one.endsWith(".amocrm.ru") || one.includes("evil"))).toEqual([]);
    },
  );
});

describe("tokens in a file", () => {
  it("are for their owner alone, and for whoever reads while they are written they are whole", async () => {
    const path = await newPath();
    const tokens = fileTokens(path);
    expect(await tokens.read()).toBeUndefined();
    await tokens.exclusively((_, save) => save({ accessToken: "a", expiresAt: 1 }));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    let isDone = false;
    const writing = tokens.exclusively(async (_, save) => {
      for (let expiresAt = 2; expiresAt < 50; expiresAt++) await save({ accessToken: "a".repeat(expiresAt), expiresAt });
      isDone = true;
    });
    while (!isDone) {
      const { accessToken, expiresAt } = (await tokens.read()) ?? { accessToken: "", expiresAt: 0 };
      expect(accessToken).toHaveLength(expiresAt);
    }
    await writing;
  });

  it("hold nobody up when the process that had the lock is killed", async () => {
    const path = await newPath();
    const holder = spawn(process.execPath, [fileURLToPath(new URL("../../testkit/hold-lock.ts", import.meta.url)), path]);
    await once(holder.stdout, "data");
    const events: string[] = [];
    const waiting = fileTokens(path).exclusively(async () => events.push("got it"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    events.push("killed");
    holder.kill("SIGKILL");
    await waiting;
    expect(events).toEqual(["killed", "got it"]);
  });

  it("are saved before the work goes on, and the lock is free after work that throws", async () => {
    const tokens = fileTokens(await newPath());
    await expect(
      tokens.exclusively(async (_, save) => {
        await save({ accessToken: "a", expiresAt: 1 });
        throw new Error("later");
      }),
    ).rejects.toThrow("later");
    expect(await tokens.read()).toEqual({ accessToken: "a", expiresAt: 1 });
  });

  it("twenty pieces of work at once are done one after another", async () => {
    const tokens = fileTokens(await newPath());
    await tokens.exclusively((_, save) => save({ accessToken: "a", expiresAt: 0 }));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        tokens.exclusively(async (current, save) => save({ accessToken: "a", expiresAt: (current?.expiresAt ?? 0) + 1 })),
      ),
    );
    expect((await tokens.read())?.expiresAt).toBe(20);
  });
});
