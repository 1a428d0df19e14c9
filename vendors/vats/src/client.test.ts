import { type Fetch, LoginNeeded, type OutgoingRequest, Refused, Unavailable } from "@svyazka/core";
import { memoryKit, telephonyContract } from "@svyazka/core/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { lineWith, localFetch } from "../testkit/line.ts";
import { makePbx, PbxError } from "./client.ts";
import type { Dialect } from "./protocol.ts";
import { type PbxStandin, startPbx } from "./standin.ts";
import { telephonyOf } from "./telephony.ts";

const accounts = [
  { name: "ivan", realName: "Иван Петров", ext: "101", telnum: "79101110101", email: "ivan@example.com" },
  { name: "anna", realName: "Анна Смирнова" },
];
const dialects: readonly Dialect[] = ["seed", "classic", "v1"];
const running: PbxStandin[] = [];
afterEach(async () => {
  for (const pbx of running.splice(0)) await pbx.close();
});
async function pbxOf(dialect: Dialect): Promise<PbxStandin> {
  const pbx = await startPbx({ dialect, accounts, groups: [{ id: "sales", realName: "Продажи", ext: "700" }] });
  running.push(pbx);
  return pbx;
}

const lineTo = (dialect: Dialect, domain: string, rest: object = {}) =>
  lineWith({ settings: { dialect, domain, login: "admin" }, secrets: { password: "pass", pbx_token: "key", ...rest } });
const kit = () => memoryKit({ fetch: localFetch, now: () => new Date("2026-03-02T12:00:00Z"), publicUrl: () => "https://hub.example" });
const reach = (dialect: Dialect, domain: string, rest: object = {}) => telephonyOf(lineTo(dialect, domain, rest), kit());

for (const dialect of dialects) {
  telephonyContract(`a PBX that speaks ${dialect}`, async () => {
    const pbx = await startPbx({ dialect, accounts });
    const wrong = { password: "wrong", pbx_token: "wrong" };
    return {
      telephony: reach(dialect, pbx.url).telephony,
      account: "ivan",
      rung: () => pbx.asked.filter(({ what }) => what === "makeCall" || what === "POST /makecall").length,
      stranger: reach(dialect, pbx.url, wrong).telephony,
      lost: reach(dialect, "http://127.0.0.1:9").telephony,
      close: () => pbx.close(),
    };
  });

  describe(`in ${dialect}`, () => {
    it("trouble of the PBX is told in the words of a port, and nothing is followed or repeated", async () => {
      const pbx = await pbxOf(dialect);
      const { telephony } = reach(dialect, pbx.url);
      await telephony.users();
      const call = () => telephony.startCall({ account: "ivan", phone: "+79101234567" });
      for (const [fault, error] of [
        ["moved", Refused],
        ["html error", Unavailable],
        ["bad detail", Refused],
      ] as const) {
        pbx.fault = fault;
        const before = pbx.asked.length;
        await expect(call(), fault).rejects.toThrow(error);
        expect(pbx.asked.length).toBe(before + 1);
      }
      pbx.fault = "html page";
      await expect(telephony.users()).rejects.toThrow(Unavailable);
    });

    it("phones are sent as digits, with our number where one is asked for", async () => {
      const pbx = await pbxOf(dialect);
      await reach(dialect, pbx.url).telephony.startCall({ account: "ivan", phone: "+79101234567", line: "+78001234567" });
      expect(pbx.asked.at(-1)?.fields).toMatchObject({ user: "ivan", phone: "79101234567", clid: "78001234567" });
    });
  });
}

describe("the seed's login", () => {
  it("is made once, kept, and made again when the token is worth nothing any more", async () => {
    const pbx = await pbxOf("seed");
    const { telephony } = reach("seed", pbx.url);
    await telephony.users();
    await telephony.users();
    expect(pbx.asked.filter(({ what }) => what === "login")).toHaveLength(1);
    expect(pbx.login).toMatchObject({
      crmCode: "svyazka",
      crmToken: "crm-token",
      selfMap: true,
      url: "https://hub.example/in/5/crm_integration.php",
    });
    pbx.forgetTokens();
    await telephony.startCall({ account: "ivan", phone: "+79101234567" });
    expect(pbx.asked.map(({ what }) => what)).toEqual(["login", "accounts", "accounts", "makeCall", "login", "makeCall"]);
  });

  it("gives a token that nobody is shown: neither where it comes nor where it is sent", async () => {
    const pbx = await pbxOf("seed");
    const sent: OutgoingRequest[] = [];
    const fetch: Fetch = (request) => {
      sent.push(request);
      return localFetch(request);
    };
    const store = memoryKit({ fetch, publicUrl: () => "https://hub.example" });
    await telephonyOf(lineTo("seed", pbx.url), store).telephony.users();
    const token = await store.store.get<string>("token", "pbx");
    expect(sent.map(({ hidesReply, secrets }) => [hidesReply, secrets])).toEqual([
      [true, undefined],
      [undefined, [token]],
    ]);
  });

  it("without a login says what is missing", async () => {
    const pbx = await pbxOf("seed");
    await expect(reach("seed", pbx.url, { password: undefined }).telephony.users()).rejects.toThrow(LoginNeeded);
    expect(pbx.asked).toEqual([]);
  });

  it("where the PBX maps users, calls are made in the name of a user of ours", async () => {
    const pbx = await startPbx({ dialect: "seed", accounts: [{ name: "23", realName: "" }] });
    running.push(pbx);
    const line = lineWith({ settings: { domain: pbx.url, login: "admin", self_map: false }, secrets: { password: "pass" } });
    await telephonyOf(line, kit()).telephony.startCall({ account: "ivan", phone: "+79101234567" });
    expect(pbx.asked.at(-1)?.fields["user"]).toBe("23");
    expect(pbx.login?.selfMap).toBe(false);
  });
});

describe("calls that nobody told of", () => {
  const line = (uid: string, minute: number, outcome: "answered" | "missed") => ({
    ...{
      uid,
      direction: "in" as const,
      outcome,
      client: "79101234567",
      account: outcome === "missed" ? "ivr" : "ivan",
      via: "78001234567",
    },
    ...{ start: new Date(Date.UTC(2026, 2, 2, 10, minute)), waitSeconds: 5, talkSeconds: outcome === "missed" ? 0 : 60 },
    ...(outcome === "answered" && { record: `https://records.example/${uid}.mp3` }),
  });

  it.each(["classic", "v1"] as const)("are pulled in %s", async (dialect) => {
    const pbx = await pbxOf(dialect);
    pbx.lines.push(line("B1", 1, "answered"), line("B2", 2, "missed"), {
      ...line("B0", 0, "answered"),
      start: new Date("2026-02-01T10:00:00Z"),
    });
    const polled = await reach(dialect, pbx.url).poll(new Date("2026-03-01T00:00:00Z"));
    expect(polled?.facts).toMatchObject([
      {
        type: "call.finished",
        subject: "call B1",
        data: { outcome: "answered", employee: { account: "ivan", user: "23" }, talkSeconds: 60 },
      },
      { type: "call.recorded", data: { call: "B1" } },
      { type: "call.finished", subject: "call B2", data: { outcome: "missed", employee: { group: "ivr" } } },
    ]);
  });

  it("are not in the seed", async () => {
    const pbx = await pbxOf("seed");
    expect(await reach("seed", pbx.url).poll(new Date())).toBeUndefined();
  });
});

it("the key of the PBX is shown to the PBX alone when a recording is asked for", () => {
  const { telephony } = reach("v1", "https://company.megapbx.ru");
  expect(telephony.recording("https://company.megapbx.ru/records/1.mp3").headers).toEqual({ "x-api-key": "key" });
  expect(telephony.recording("https://attacker.example/1.mp3").headers).toBeUndefined();
});

describe("groups, subscriptions and do-not-disturb", () => {
  it.each(["classic", "v1"] as const)("are there in %s", async (dialect) => {
    const pbx = await pbxOf(dialect);
    const client = makePbx({ domain: pbx.url, dialect, send: localFetch });
    expect(await client.groups("key")).toMatchObject([{ id: "sales", realName: "Продажи" }]);
    await client.setDnd("key", "ivan", true);
    expect(await client.hasDnd("key", "ivan")).toBe(true);
    await client.setDnd("key", "ivan", false);
    expect(await client.hasDnd("key", "ivan")).toBe(false);
    await client.subscribe("key", "ivan", "sales", true);
    expect(await client.isSubscribed("key", "ivan", "sales")).toBe(true);
    await expect(client.accounts("wrong")).rejects.toThrow(PbxError);
  });
});
