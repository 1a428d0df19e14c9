import { LoginNeeded, type Received, type Reply } from "@svyazka/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApplicationBench, openApplicationBench } from "../../testkit/application.ts";
import { openDoor } from "../../testkit/door.ts";
import { asApplication, byWebhook, letApplicationIn } from "../../testkit/portal.ts";
import type { Tokens } from "../client.ts";
import { readWebhook } from "../protocol.ts";
import { startBitrix24 } from "../standin.ts";
import { connectPortal } from "./connection.ts";
import { appPath, receiveApp, signedInPath } from "./pages.ts";
import { hookPath } from "./subscribe.ts";

/** How an application gets in. */

let bench: ApplicationBench;
let standin: ApplicationBench["standin"];
let kit: ApplicationBench["kit"];
let door: ApplicationBench["door"];
const connection = (values: Parameters<typeof asApplication>[1] = {}) => asApplication(standin, values);
const tokens = () => kit.store.get<Tokens>("tokens", "current");

beforeEach(async () => {
  bench = await openApplicationBench();
  ({ standin, kit, door } = bench);
});
afterEach(() => bench.stop());

describe("an application is let in", () => {
  it("by its page in a frame of the portal, which finishes the installation", async () => {
    const answer = await standin.openFrame(door.url + appPath);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain("Связка подключена");
    expect(text).toContain("installFinish");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors");
    expect(await tokens()).toMatchObject({ base: `${standin.url}/rest/`, server: standin.url, memberId: standin.memberId });
    expect(bench.resumed()).toBe(1);
    await connectPortal(connection(), kit).check();
  });

  it("by the event of its installation", async () => {
    expect((await standin.install(door.url + hookPath)).status).toBe(200);
    expect(await tokens()).toMatchObject({ memberId: standin.memberId });
  });

  it("by that event at the address of its page, where it has no page of its own", async () => {
    expect((await standin.install(`${door.url}/in/hooksecret${appPath}`)).status).toBe(200);
    expect(await tokens()).toMatchObject({ memberId: standin.memberId });
  });

  it("by a code, after a person has said yes", async () => {
    const answer = await fetch(
      `${door.url}${signedInPath}?code=${standin.authorize()}&state=1&domain=${standin.host}&member_id=${standin.memberId}`,
    );
    expect(answer.status).toBe(200);
    expect(await tokens()).toMatchObject({ base: `${standin.url}/rest/` });
    const again = await fetch(`${door.url}${signedInPath}?code=never-was`);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain("Портал нас не впустил");
    expect((await fetch(`${door.url}${signedInPath}`)).status).toBe(400);
  });

  it("by nobody else's tokens, and by none of another portal", async () => {
    const other = await startBitrix24();
    try {
      // Its address is what the portal would say: only tokens that work where we are at home count.
      const answer = await other.openFrame(door.url + appPath);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(other.host);
      expect(await tokens()).toBeUndefined();
      await standin.openFrame(door.url + appPath);
      const before = await tokens();
      expect((await other.openFrame(door.url + appPath)).status).toBe(400);
      expect(await tokens()).toEqual(before);
    } finally {
      await other.stop();
    }
  });

  it("at the server of tokens that the connection names, whatever a form says", async () => {
    const form = new URLSearchParams({
      ...{
        AUTH_ID: standin.tokens().access_token,
        REFRESH_ID: standin.tokens().refresh_token,
        DOMAIN: standin.host,
        member_id: standin.memberId,
      },
      SERVER_ENDPOINT: "https://oauth.evil.example/rest/",
    });
    const body = form.toString();
    await fetch(door.url + appPath, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
    expect((await tokens())?.server).toBe(standin.url);
  });

  it("with an administrator's rights as long as those work, whoever else opens its page", async () => {
    const whose = async () => (await fetchAs((await tokens())?.accessToken)).result.ID;
    const frame = (userId: number) => standin.openFrame(door.url + appPath, { userId });
    await frame(1);
    const answer = await frame(7);
    expect([answer.status, (await answer.text()).includes("Связка подключена")]).toEqual([200, true]);
    expect(await whose()).toBe("1");
    // They are too old, and can be renewed: nobody else's are needed.
    standin.expireTokens();
    await frame(7);
    expect(await whose()).toBe("1");
    await kit.store.put("tokens", "current", { ...(await tokens()), accessToken: "never was one" });
    await frame(7);
    expect(await whose()).toBe("7");
  });

  /** Who those tokens make of us. */
  const fetchAs = async (auth = ""): Promise<{ result: { ID: string } }> =>
    (await fetch(`${standin.url}/rest/user.current?${new URLSearchParams({ auth })}`)).json() as never;

  it("by no tokens of another application of the same portal", async () => {
    const other = await openDoor(connection({ client_id: "local.another.one" }), kit);
    try {
      expect((await standin.openFrame(other.url + appPath)).status).toBe(400);
      expect(await tokens()).toBeUndefined();
    } finally {
      await other.stop();
    }
  });

  it("at the address that the portal has now, however old the one is that we know", async () => {
    await letApplicationIn(standin, kit);
    const old = connection();
    const renamed = await openDoor(old, kit);
    try {
      const { url } = await standin.rename();
      expect((await standin.openFrame(renamed.url + appPath)).status).toBe(200);
      expect((await tokens())?.base).toBe(`${url}/rest/`);
      await connectPortal(old, kit).check();
    } finally {
      await renamed.stop();
    }
  });

  it("in a portal whose name is in Cyrillic, too: a header has room for none", () => {
    const { headers, status } = pageOf(receiveApp({ form: {}, query: {} } as never, connection({ domain: "портал.рф" })));
    expect(status).toBe(400);
    expect(headers["content-security-policy"]).toMatch(/^[\x20-\x7e]+ https:\/\/xn--80awhdgm\.xn--p1ai [\x20-\x7e]+$/);
  });

  const pageOf = (received: Received): Reply => ("page" in received ? received.page : { status: 0, headers: {}, body: "" });

  it("and says what it needs while nobody has done so", async () => {
    await expect(connectPortal(connection(), kit).check()).rejects.toBeInstanceOf(LoginNeeded);
    expect((await fetch(door.url + appPath)).status).toBe(400);
  });
});

describe("a check", () => {
  it("names the permissions that are missing", async () => {
    await letApplicationIn(standin, kit);
    standin.setScopes(["crm", "user"]);
    await expect(connectPortal(connection(), kit).check()).rejects.toThrow(/lacks permissions: telephony/);
    await connectPortal(connection({ call_card: false }), kit).check();
    standin.setScopes(["user"]);
    await expect(connectPortal(byWebhook(standin), kit).check()).rejects.toThrow(/lacks permissions: crm/);
  });

  it("of a webhook that is none, or was deleted, asks for a person", async () => {
    const lost = { ...byWebhook(standin), secrets: { hook_secret: "x", webhook: "https://x" } as never };
    await expect(connectPortal(lost, kit).check()).rejects.toBeInstanceOf(LoginNeeded);
    standin.revokeWebhook();
    await expect(connectPortal(byWebhook(standin), kit).check()).rejects.toBeInstanceOf(LoginNeeded);
  });
});

describe("a webhook's connection", () => {
  it("stays with its portal, also after that was renamed, and is none of another portal", async () => {
    const webhook = byWebhook(standin);
    await connectPortal(webhook, kit).check();
    const other = await startBitrix24();
    try {
      await expect(connectPortal(byWebhook(other), kit).check()).rejects.toThrow(/this connection is of the portal/);
      await expect(connectPortal(byWebhook(other), kit).crm?.saveDeal({ key: "1", name: "Чужая" })).rejects.toBeInstanceOf(LoginNeeded);
      expect(other.state.deals.size).toBe(0);
    } finally {
      await other.stop();
    }
    const { url } = await standin.rename();
    const secret = readWebhook(webhook.secrets.webhook ?? "")?.secret ?? "";
    const renamed = byWebhook({ url, webhook: `${url}/rest/1/${secret}/` });
    await connectPortal(renamed, kit).check();
    expect(await connectPortal(renamed, kit).crm?.saveDeal({ key: "2", name: "Своя" })).toMatchObject({ id: expect.any(String) });
  });
});

describe("what it can do", () => {
  it("is less for a webhook, which offers no more than it can keep", () => {
    const webhook = connectPortal(byWebhook(standin, { open_lines: true }), kit);
    const application = connectPortal(connection({ open_lines: true }), kit);
    expect(Object.keys(webhook).sort()).toEqual(["bookState", "check", "crm", "follower", "phoneBook"]);
    expect(Object.keys(application).sort()).toEqual([
      "bookState",
      "callDesk",
      "chatDesk",
      "check",
      "crm",
      "follower",
      "phoneBook",
      "sources",
    ]);
  });
});
