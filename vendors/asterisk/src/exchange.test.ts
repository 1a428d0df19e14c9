import { readFileSync } from "node:fs";
import { LoginNeeded, type Route } from "@svyazka/core";
import { type MemoryKit, telephonyContract } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exchangeAt, localKit } from "../testkit/exchange.ts";
import { asterisk } from "./adapter.ts";
import { callOfRecording, outcomeOf, readEvent } from "./protocol.ts";
import type { Exchange } from "./settings.ts";
import { type AsteriskStandin, startAsterisk } from "./standin.ts";
import { telephonyOf } from "./telephony.ts";

const fixture = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8")) as T;

describe("ARI's own words", () => {
  it.each(fixture<{ sip: string; cause: number; tech_cause: number; outcome: string }[]>("causes"))(
    "SIP $sip is $outcome",
    ({ cause, tech_cause, outcome }) => {
      expect(outcomeOf(cause, tech_cause)).toBe(outcome);
    },
  );

  it("events are read, and those we do not use are nothing", () => {
    const events = fixture<Record<string, object>>("events");
    const read = (name: string) => readEvent(JSON.stringify(events[name]));
    expect(read("StasisStart")).toMatchObject({
      type: "StasisStart",
      args: ["in", "78001234567"],
      channel: { callerNumber: "79101234567", app: "Stasis" },
    });
    expect(read("ChannelDestroyed")).toMatchObject({ cause: 17, techCause: 486 });
    expect(read("RecordingFinished")).toMatchObject({ recording: "svyazka-0194f3a0-0000-4000-8000-000000000001" });
    expect(read("ChannelVarset")).toBeUndefined();
    for (const text of ["", "[]", "null", "{", '{"type":"StasisStart"}', '{"type":"ChannelDestroyed","channel":{}}'])
      expect(readEvent(text)).toBeUndefined();
    expect(callOfRecording("svyazka-0194f3a0-0000-4000-8000-000000000001")).toBe("0194f3a0-0000-4000-8000-000000000001");
  });
});

telephonyContract("Asterisk", async () => {
  const far = await startAsterisk();
  const reach = (url: string, password?: string) =>
    telephonyOf(exchangeAt(url, password === undefined ? {} : { password }), localKit()).telephony;
  return {
    telephony: reach(far.url),
    account: "101",
    rung: () => far.asked.filter((one) => one.startsWith("POST /channels ")).length,
    stranger: reach(far.url, "wrong"),
    lost: reach("http://127.0.0.1:9"),
    close: () => far.close(),
  };
});

let far: AsteriskStandin;
let kit: MemoryKit;
let stop: AbortController;
let listening: Promise<unknown>;
let exchange: Exchange;
let route: Route = {};
beforeEach(async () => {
  far = await startAsterisk();
  route = {};
  kit = localKit({ routes: () => route });
  exchange = exchangeAt(far.url, { settings: { ring_seconds: 1 } });
  await listen();
});
afterEach(async () => {
  stop.abort();
  await listening.catch(() => {});
  await far.close();
});

async function listen(): Promise<void> {
  const looks = () => far.asked.filter((one) => one === "GET /bridges").length;
  const before = looks();
  stop = new AbortController();
  listening = asterisk.listen?.(exchange, kit, stop.signal) ?? Promise.reject(new Error("it listens"));
  listening.catch(() => {});
  await until(() => looks() > before);
}

async function until(is: () => boolean, seconds = 6): Promise<void> {
  for (let tries = 0; tries < seconds * 100 && !is(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(is()).toBe(true);
}
const types = () => kit.facts.map(({ type }) => type);
const finished = () => kit.facts.filter(({ type }) => type === "call.finished").map(({ data }) => data);
const over = (count = 1) => until(() => finished().length >= count);
const rung = () => far.asked.filter((one) => one.startsWith("POST /channels ")).map((one) => one.replace("POST /channels ", ""));
const call = (account: string, phone = "+79101234567") => telephonyOf(exchange, kit).telephony.startCall({ account, phone });
const nothingLeft = async () => {
  await until(() => far.channels().length === 0);
  expect(await kit.store.list("call")).toEqual([]);
};

describe("a call that comes in", () => {
  it("rings the person it is routed to, is recorded, and its recording is to be had with the password alone", async () => {
    far.phones.set("PJSIP/102", { answersAfterMs: 20 });
    route = { account: "102" };
    far.call({ from: "79101234567", hangsUpAfterMs: 150 });
    await until(() => types().includes("call.recorded"));
    await over();
    expect(rung()).toEqual(["PJSIP/102"]);
    expect(types().filter((type) => type !== "call.recorded")).toEqual(["call.ringing", "call.answered", "call.ended", "call.finished"]);
    expect(kit.facts[0]?.data).toMatchObject({
      direction: "in",
      line: "78001234567",
      client: { e164: "+79101234567" },
      employee: { account: "102", user: "2" },
    });
    const [account] = finished() as unknown as { outcome: string; recordings: string[] }[];
    expect(account).toMatchObject({ outcome: "answered", handling: { recordingDays: 180 } });
    const { url, headers } = telephonyOf(exchange, kit).telephony.recording(account?.recordings[0] ?? "");
    expect((await (await fetch(url, { headers: headers ?? {} })).text()).slice(0, 4)).toBe("RIFF");
    expect((await fetch(url)).status).toBe(401);
    expect(telephonyOf(exchange, kit).telephony.recording("http://attacker.example/x").headers).toBeUndefined();
    await nothingLeft();
  });

  it("rings everybody when nobody is responsible; one answers, the others hear no more", async () => {
    far.phones.set("PJSIP/103", { answersAfterMs: 20, hangsUpAfterMs: 50 });
    far.call({ from: "79101234567" });
    await over();
    expect(types().filter((type) => type === "call.ringing")).toHaveLength(3);
    expect(
      kit.facts
        .filter(({ type }) => type === "call.ended")
        .map(({ data }) => (data as { how: string }).how)
        .sort(),
    ).toEqual(["cancelled", "cancelled", "completed"]);
    await nothingLeft();
  });

  it("goes on to the others when the one it is for is not registered, refuses, or does not answer", async () => {
    route = { account: "101" };
    for (const phone of [{ isUnregistered: true }, { refusesWith: { cause: 21, techCause: 603 } }, {}] as const) {
      far.phones.set("PJSIP/101", phone);
      far.phones.set("PJSIP/103", { answersAfterMs: 5, hangsUpAfterMs: 20 });
      const before = finished().length;
      far.call({ from: "79101234567" });
      await over(before + 1);
      expect(finished().at(-1)).toMatchObject({ outcome: "answered", employee: { account: "103" } });
    }
    await nothingLeft();
  });

  it("is missed when everybody is busy, nobody is registered, nobody answers, or the client gives up", async () => {
    for (const account of ["101", "102", "103"]) far.phones.set(`PJSIP/${account}`, { refusesWith: { cause: 17, techCause: 486 } });
    far.call({ from: "79101234567" });
    await over(1);
    for (const account of ["101", "102", "103"]) far.phones.set(`PJSIP/${account}`, { isUnregistered: true });
    far.call({ from: "79101234567" });
    await over(2);
    far.phones.clear();
    far.call({ from: "79101234567" });
    await over(3);
    far.call({ from: "anonymous", hangsUpAfterMs: 30 });
    await over(4);
    expect(finished().map((data) => (data as { outcome: string }).outcome)).toEqual(["missed", "missed", "missed", "missed"]);
    expect(finished().at(-1)).toMatchObject({ client: { typed: "anonymous" } });
    await nothingLeft();
  });

  it("does not wait for a slow answer to who is calling", async () => {
    kit = localKit({ route: () => new Promise(() => {}) });
    stop.abort();
    exchange = exchangeAt(far.url, { settings: { ring_seconds: 1, route_seconds: 1 } });
    await listen();
    far.phones.set("PJSIP/101", { answersAfterMs: 5, hangsUpAfterMs: 10 });
    far.call({ from: "79101234567" });
    await over();
    expect(finished()[0]).toMatchObject({ outcome: "answered" });
  });

  it("may be one of fifty, and each ends once", async () => {
    for (const account of ["101", "102", "103"]) far.phones.set(`PJSIP/${account}`, { answersAfterMs: 20, hangsUpAfterMs: 40 });
    for (let n = 0; n < 50; n++) far.call({ from: `7910${1_000_000 + n}` });
    await over(50);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(finished()).toHaveLength(50);
    expect(new Set(finished().map((data) => (data as { call: string }).call)).size).toBe(50);
    await nothingLeft();
  });
});

describe("a call on a click", () => {
  const client = "PJSIP/79101234567@trunk";

  it("rings the employee first, and the client when they have answered", async () => {
    far.phones.set("PJSIP/101", { answersAfterMs: 30 });
    far.phones.set(client, { answersAfterMs: 20, hangsUpAfterMs: 50 });
    const { call: id } = await call("101");
    expect(rung()).toEqual(["PJSIP/101"]);
    await over();
    expect(rung()).toEqual(["PJSIP/101", client]);
    expect(finished()[0]).toMatchObject({ call: id, direction: "out", outcome: "answered", employee: { account: "101", user: "1" } });
    await nothingLeft();
  });

  it.each([
    [17, 486, "busy"],
    [1, 404, "not_found"],
    [21, 403, "not_allowed"],
    [34, 503, "unavailable"],
  ])("to a client whose line says %i is %s %s", async (cause, techCause, outcome) => {
    far.phones.set("PJSIP/101", { answersAfterMs: 5 });
    far.phones.set(client, { refusesWith: { cause, techCause } });
    await call("101");
    await over();
    expect(finished()[0]).toMatchObject({ outcome });
    await nothingLeft();
  });

  it("is an error when the employee's phone is not registered, and nobody is dialled", async () => {
    far.phones.set("PJSIP/101", { isUnregistered: true });
    await expect(call("101")).rejects.toThrow("not registered");
    expect(await kit.store.list("call")).toEqual([]);
    expect(rung()).toEqual(["PJSIP/101"]);
  });

  it("ends when the employee refuses or does not answer: nobody is dialled", async () => {
    far.phones.set("PJSIP/101", { refusesWith: { cause: 21, techCause: 603 } });
    await call("101");
    await over(1);
    far.phones.clear();
    await call("102");
    await over(2);
    expect(finished().map((data) => (data as { outcome: string }).outcome)).toEqual(["cancelled", "cancelled"]);
    expect(rung()).toEqual(["PJSIP/101", "PJSIP/102"]);
    await nothingLeft();
  });
});

describe("when the connection is lost", () => {
  it("it says so, and whoever listens next goes on with what is still there and ends what is not", async () => {
    for (const account of ["101", "102", "103"])
      far.phones.set(`PJSIP/${account}`, account === "101" ? { answersAfterMs: 5 } : { isUnregistered: true });
    const [stays, goes] = [far.call({ from: "79100000001" }), far.call({ from: "79100000002" })];
    await until(() => types().filter((type) => type === "call.answered").length === 2);
    far.dropSockets();
    await expect(listening).rejects.toThrow("closed the connection");
    far.hangUp(goes);
    const stranger = far.call({ from: "79100000003" });
    await listen();
    await over(1);
    expect(finished()).toMatchObject([{ client: { e164: "+79100000002" }, outcome: "answered" }]);
    expect(far.channels()).toContain(stays);
    // Nobody heard it come in: it is hung up, so that it does not ring for ever.
    await until(() => !far.channels().includes(stranger));
    far.hangUp(stays);
    await over(2);
    expect(new Set(finished().map((data) => (data as { call: string }).call)).size).toBe(2);
    await nothingLeft();
  });

  it("a call that somebody began meanwhile is known", async () => {
    far.dropSockets();
    await listening.catch(() => {});
    far.phones.set("PJSIP/101", { answersAfterMs: 5 });
    far.phones.set("PJSIP/79101234567@trunk", { answersAfterMs: 5, hangsUpAfterMs: 20 });
    await call("101");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await listen();
    await over();
    expect(finished()[0]).toMatchObject({ outcome: "answered" });
    await nothingLeft();
  });

  it("wrong credentials are told in words", async () => {
    const wrong = exchangeAt(far.url, { password: "wrong" });
    await expect(telephonyOf(wrong, kit).check()).rejects.toThrow(LoginNeeded);
  });
});
