import { globSync, readFileSync } from "node:fs";
import type { EventDraft, InboundRequest, OwnCrm } from "@svyazka/core";
import { spoiled } from "@svyazka/wire/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionTo, localKit } from "../testkit/connection.ts";
import { factsOf } from "./adapter/events.ts";
import { cloudapi } from "./adapter.ts";
import { sign, signatureHeader } from "./protocol.ts";
import { startWhatsApp, type WhatsAppStandin, writeHook } from "./standin.ts";

const text = (name: string): string => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8");
const fixture = (name: string): unknown => JSON.parse(text(name));
const numberIn = (hook: unknown): string => /"phone_number_id":\s*"(\d+)"/.exec(JSON.stringify(hook))?.[1] ?? "";
const facts = (name: string) => {
  const read = factsOf(fixture(name), numberIn(fixture(name)));
  if ("ignored" in read) throw new Error(read.ignored);
  return read.facts;
};

describe("a hook", () => {
  it("brings messages of a person, in the conversation of their phone", () => {
    expect(facts("documents/text")).toMatchObject([
      {
        ...{ type: "message.received", key: expect.stringMatching(/^message wamid/), subject: expect.stringMatching(/^chat \d+$/) },
        data: {
          conversation: {
            network: "whatsapp",
            external: expect.stringMatching(/^\d+$/),
            client: { phone: expect.stringMatching(/^\+\d+$/) },
          },
          message: { direction: "in", kind: "text", text: expect.stringMatching(/./) },
        },
      },
    ]);
    expect(facts("tables/hidden-phone")[0]).toMatchObject({ data: { conversation: { external: expect.stringMatching(/^[A-Z]{2}\./) } } });
    expect(facts("tables/hidden-phone")[0]).not.toHaveProperty("data.conversation.client.phone");
  });

  it("brings files, places, cards, buttons, advertisements, answers", () => {
    const kinds = ["image", "video", "audio", "document", "sticker", "location", "contacts"].map((name) => {
      const [message, file] = facts(`documents/${name}`);
      return [message?.type === "message.received" && (message as EventDraft<"message.received">).data.message.kind, file?.type];
    });
    const fetched = "attachment.received";
    expect(kinds).toEqual([
      ...[
        ["picture", fetched],
        ["video", fetched],
        [expect.stringMatching(/voice|audio/), fetched],
        ["file", fetched],
        ["sticker", fetched],
      ],
      ...[
        ["location", undefined],
        ["contact", undefined],
      ],
    ]);
    expect(facts("documents/interactive-button")[0]).toMatchObject({
      data: { message: { kind: "text", content: { button: expect.any(String) } } },
    });
    expect(facts("tables/referral")[0]).toMatchObject({ data: { message: { content: { referral: { sourceId: expect.any(String) } } } } });
    expect(facts("tables/reply")[0]).toMatchObject({ data: { message: { replyTo: expect.stringMatching(/^wamid/) } } });
    expect(facts("documents/order")[0]).toMatchObject({ data: { message: { text: expect.stringMatching(/./) } } });
    expect(facts("documents/unsupported")[0]).toMatchObject({ data: { message: { text: expect.stringMatching(/^\[unsupported/) } } });
  });

  it("tells how far a message of ours has come, by our key, and why it has not", () => {
    expect(facts("documents/status-sent")).toMatchObject([{ type: "message.changed", data: { change: { state: "sent" } } }]);
    expect(facts("tables/status-window")[0]).toMatchObject({
      data: { change: { state: "failed", reason: "window_closed", code: "131047", error: expect.stringMatching(/\w{3}/) } },
    });
    const withKey = structuredClone(fixture("tables/status-delivered")) as { entry: { changes: { value: { statuses: object[] } }[] }[] };
    Object.assign(withKey.entry[0]?.changes[0]?.value.statuses[0] ?? {}, { biz_opaque_callback_data: "uid.0" });
    expect(factsOf(withKey, numberIn(withKey))).toMatchObject({ facts: [{ data: { change: { key: "uid.0" } } }] });
    const states = facts("tables/many")
      .filter(({ type }) => type === "message.changed")
      .map(({ key }) => key);
    expect(new Set(states).size).toBe(states.length);
  });

  it("tells what somebody thinks of a message, and that they do not any more", () => {
    expect(facts("documents/reaction")[0]).toMatchObject({ data: { change: { emoji: expect.any(String), who: expect.any(String) } } });
    expect(facts("tables/reaction-removed")[0]).toMatchObject({ data: { change: { emoji: null } } });
  });

  it("of another number, or about something else, is ignored in words", () => {
    expect(factsOf(fixture("documents/text"), "1")).toEqual({ ignored: "of another number" });
    for (const name of ["account-update", "template-approved", "message-echo", "system"])
      expect(factsOf(fixture(`documents/${name}`), "1")).toMatchObject({ ignored: expect.stringMatching(/\w{4}/) });
    for (const body of [[], "x", 5, null, {}, { entry: 5 }]) expect(factsOf(body, "1")).toMatchObject({ ignored: expect.any(String) });
  });

  it("that is spoiled anywhere breaks nothing", () => {
    for (const name of globSync("documents/*.json", { cwd: new URL("../fixtures", import.meta.url) })
      .filter((one) => !one.includes("answer"))
      .slice(0, 6))
      for (const hook of spoiled(fixture(name.replace(".json", "")))) expect(() => factsOf(hook, numberIn(hook))).not.toThrow();
  });
});

describe("the door", () => {
  const body = text("documents/text");
  const number = connectionTo(
    { phone_number_id: numberIn(fixture("documents/text")), waba_id: "12345" },
    { token: "t", appSecret: "app-secret" },
  );
  const request = (rest: Partial<InboundRequest> = {}): InboundRequest => {
    const bytes = rest.bytes ?? new TextEncoder().encode(body);
    return {
      ...{
        method: "POST",
        path: "/cloudapi/hook",
        query: {},
        form: {},
        files: [],
        text: "",
        ip: "127.0.0.1",
        json: fixture("documents/text"),
      },
      ...{ bytes, headers: { [signatureHeader]: sign(bytes, "app-secret") } },
      ...rest,
    };
  };
  const receive = (rest: Partial<InboundRequest> = {}) => cloudapi.receive?.(request(rest), number, new Date());
  const intruder = expect.objectContaining({ name: "Intruder" });

  it("takes what Meta signed, by its very bytes", () => {
    expect(receive()).toMatchObject({ facts: [{ type: "message.received" }], reply: { status: 200 } });
    const escaped = writeHook({ object: "whatsapp_business_account", entry: [], note: "ё" });
    expect(receive({ bytes: escaped, json: JSON.parse(escaped.toString()) })).toMatchObject({
      ignored: expect.any(String),
      reply: { status: 200 },
    });
  });

  it("knows nobody whose signature is another one", () => {
    const good = sign(new TextEncoder().encode(body), "app-secret");
    for (const headers of [{}, { [signatureHeader]: "" }, { [signatureHeader]: sign(new TextEncoder().encode(body), "guessed") }])
      expect(() => receive({ headers })).toThrow(intruder);
    expect(() => receive({ bytes: new TextEncoder().encode(`${body} `), headers: { [signatureHeader]: good } })).toThrow(intruder);
  });

  it("says whose address it is to whoever knows the verify token", () => {
    const ask = (query: Record<string, string>) => receive({ method: "GET", query, headers: {} });
    const asked = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify-token" };
    expect(ask(asked)).toMatchObject({
      reply: { status: 200, body: "1158201444", headers: { "content-type": expect.stringContaining("text/plain") } },
    });
    for (const wrong of [{ ...asked, "hub.verify_token": "x" }, { ...asked, "hub.challenge": "<script>" }, {}])
      expect(() => ask(wrong)).toThrow(intruder);
  });

  it("says what is wrong with a body that is no JSON, and with whatever else comes", () => {
    const bytes = new TextEncoder().encode("не JSON");
    expect(() => receive({ ...request({ bytes }), json: undefined })).toThrow(expect.objectContaining({ name: "Malformed" }));
    const refuse = (kind: "too_large" | "internal" | "disabled") => cloudapi.door?.refuse({ kind }, request()).status;
    expect([refuse("too_large"), refuse("internal"), refuse("disabled")]).toEqual([413, 503, 410]);
  });
});

describe("a connection", () => {
  let whatsapp: WhatsAppStandin;
  beforeEach(async () => {
    whatsapp = await startWhatsApp();
  });
  afterEach(() => whatsapp.close());
  const number = (token = whatsapp.token) =>
    connectionTo({ phone_number_id: whatsapp.phoneNumberId, waba_id: whatsapp.wabaId, address: whatsapp.url }, { ...whatsapp, token });

  it("is well when the token is good for the number", async () => {
    await cloudapi.connect?.(number(), localKit()).check();
    await expect(cloudapi.connect?.(number("EAA-wrong"), localKit()).check()).rejects.toMatchObject({ name: "Closed" });
    const banned = localKit({
      fetch: async () => ({
        status: 200,
        headers: {},
        body: JSON.stringify({ id: "1", display_phone_number: "+1 555", status: "BANNED" }),
      }),
    });
    await expect(cloudapi.connect?.(number(), banned).check()).rejects.toMatchObject({
      name: "Refused",
      message: expect.stringContaining("BANNED"),
    });
  });

  it("finds what waits to be sent", async () => {
    const crm = { messages: { list: async () => ({ items: [], isMore: false }) } } as unknown as OwnCrm;
    expect(await cloudapi.poll?.(number(), localKit({ ownCrm: async () => crm }), new Date())).toEqual({ facts: [], what: "written" });
  });

  it("tells what to paste at Meta, and shows no secret by it", () => {
    const pasted = JSON.stringify(cloudapi.paste?.(number(), "https://hub.example"));
    for (const secret of Object.values(number().secrets)) expect(pasted).not.toContain(secret);
    expect(pasted).toContain("https://hub.example/in/{hook_secret}/cloudapi/hook");
    expect(cloudapi.urls?.(number(), "https://hub.example")).toEqual({
      webhook: "https://hub.example/in/hook-secret-of-the-address/cloudapi/hook",
    });
  });
});
