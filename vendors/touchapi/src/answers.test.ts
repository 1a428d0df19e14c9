import { describe, expect, it } from "vitest";
import { fixture } from "../testkit/fixtures.ts";
import { deep, nonsenseOf } from "../testkit/nonsense.ts";
import {
  isAboutLogin,
  type Json,
  readAccounts,
  readAnswer,
  readDraft,
  readInfo,
  readSent,
  readStartWords,
  readStep,
  writeDraft,
  writeRecipient,
} from "./protocol.ts";

const now = new Date("2025-02-20T00:00:00Z");
const doneAs = (name: string): Json => {
  const read = readAnswer(fixture(`answers/${name}.json`));
  if (read.kind !== "done") throw new Error(JSON.stringify(read));
  return read.value;
};

describe("an answer", () => {
  it("has failed when it has an error, a text or an object, whatever HTTP says", () => {
    expect(readAnswer(fixture("answers/error.text.json"))).toEqual({
      kind: "failed",
      message: "Some error text goes here",
      uuid: "3928420",
    });
    expect(readAnswer(fixture("answers/error.object.json"))).toMatchObject({ kind: "failed", message: "QR is undefined" });
    expect(readAnswer({ status: "error" })).toEqual({ kind: "failed", message: "an error without words" });
    expect(readAnswer({ ok: false, message: "Нет доступа" })).toEqual({ kind: "failed", message: "Нет доступа" });
    expect(readAnswer({ error: { code: 5 } })).toEqual({ kind: "failed", message: "code: 5" });
    for (const error of [null, "", false]) expect(readAnswer({ status: "ok", error })).toMatchObject({ kind: "done" });
  });

  it("is done otherwise, and tells its uuid", () => {
    expect(readAnswer(fixture("answers/done.json"))).toMatchObject({ kind: "done", uuid: "62441448-e337-4288-9a0b-5496a81b2e25" });
    expect(readAnswer({ ok: true, data: { step: { value: 5 } } })).toMatchObject({ kind: "done", value: { step: { value: 5 } } });
    for (const body of [null, "ok", [], 5, undefined]) expect(readAnswer(body)).toMatchObject({ kind: "unreadable" });
  });
});

describe("an account", () => {
  it("tells its phone, its webhooks and what it waits for", () => {
    expect(readInfo(doneAs("getInfo"))).toEqual({
      ...{ login: "example", phone: "79000000002", isActivated: true, isOn: true, step: { state: "ready", text: "Ready", value: 5 } },
      webhooks: ["https://chats.example/hook/1", "https://hub.example/in/2"],
    });
    expect(readInfo(doneAs("getInfo.qr"))).toEqual({
      ...{
        login: "example",
        isActivated: false,
        isOn: true,
        webhooks: [],
        step: { state: "needs_qr", text: "QR code received", value: 2.2 },
      },
    });
    expect(readInfo({ connected_phone: "79000000002" })).toEqual({ phone: "79000000002", step: { state: "unknown", text: "" } });
    expect(readInfo({ webhookUrls: "https://a.example\nhttps://b.example" }).webhooks).toEqual(["https://a.example", "https://b.example"]);
  });

  it("is one of the accounts of its token", () => {
    expect(readAccounts(doneAs("getInfoByToken"))).toMatchObject([
      { login: "example", step: { state: "ready" } },
      { login: "second", isOn: false, step: { state: "unknown" } },
    ]);
    expect(readAccounts({})).toBeUndefined();
  });

  it("is at a step that is read by the ruling", () => {
    const states = [5, 5.5, 6, 2.2, 2.22, 2.3, 2, 4, 1, 0, -1, "2,22", " 5 ", "five", null, {}, Number.NaN].map(
      (value) => readStep({ value }).state,
    );
    expect(states).toEqual([
      ...["ready", "ready", "ready", "needs_qr", "needs_code", "needs_qr", "needs_qr", "starting", "starting", "starting", "unknown"],
      ...["needs_code", "ready", "unknown", "unknown", "unknown", "unknown"],
    ]);
    expect(readStep(5)).toEqual({ state: "ready", text: "", value: 5 });
    expect(readStep({ value: 2.5, message: "Challenge required" })).toMatchObject({ state: "needs_code", text: "Challenge required" });
    expect(readStep(null)).toEqual({ state: "unknown", text: "" });
  });

  it("of a bot of Max is ready with any step at all", () => {
    expect(readInfo({ step: { value: 1 } }, "max-bot").step).toMatchObject({ state: "ready", value: 1 });
    expect(readInfo({ step: null }, "max-bot").step.state).toBe("unknown");
    expect(readAccounts({ clients: [{ step: {} }] }, "max-bot")).toMatchObject([{ step: { state: "ready" } }]);
    expect(readInfo({ step: { value: 1 } }, "max").step.state).toBe("starting");
  });

  it("that waits for its user after a start has not failed", () => {
    const words = [
      "QR received",
      "QR code received",
      "Auth code received",
      "Challenge required",
      "Two factor auth required",
      "QR is undefined",
      "No proxy",
    ];
    expect(words.map((one) => readStartWords(one)?.state)).toEqual([
      "needs_qr",
      "needs_qr",
      "needs_code",
      "needs_code",
      "needs_code",
      undefined,
      undefined,
    ]);
  });
});

describe("a sent message", () => {
  it("has its ids", () => {
    expect(readSent(doneAs("sendMessage"), now)).toEqual({
      ...{ item: "3EB0C767D26A1D8E4A52", thread: "79000000001@c.us", at: new Date("2025-02-19T15:38:56Z") },
      ...{ items: ["3EB0C767D26A1D8E4A52"], failures: [] },
    });
  });

  it("may have been refused below a status that is ok", () => {
    expect(readSent(doneAs("sendMessage.refused"))).toEqual({ refused: "Chat not found or created" });
    expect(readSent({ results: [{ result: { item: 1 } }, { error: { message: "Too large" } }, { result: { item: "2" } }] })).toEqual({
      ...{ item: "1", items: ["1", "2"], failures: ["Too large"] },
    });
    for (const value of [{}, { results: [] }, { results: [{ result: {} }] }, { results: "x" }]) expect(readSent(value)).toBeUndefined();
  });

  it("is written in two shapes, and read back from both", () => {
    expect(writeDraft("whatsapp", { to: "+7 (900) 000-00-01", text: "Да" })).toEqual({
      msg: { to: "79000000001", text: "Да", content: [] },
    });
    expect(writeDraft("whatsapp", { to: "79000000001", text: "Да" }, "flat")).toEqual({ msg_to: "79000000001", msg_text: "Да" });
    const rich = {
      thread: "1@lid",
      text: "Да",
      replyTo: "A1",
      content: [{ type: "file", src: "https://files.example/1", filename: "1.pdf" }],
    };
    // A flat one has never been seen with anything but a number and a text.
    for (const shape of ["nested", "flat"] as const) {
      expect(writeDraft("whatsapp", rich, shape)).toEqual({ msg: rich });
      expect(readDraft(writeDraft("whatsapp", rich, shape))).toEqual(rich);
      expect(readDraft(writeDraft("whatsapp", { to: "79000000001", text: "Да" }, shape))).toEqual({ to: "79000000001", text: "Да" });
    }
    expect(writeDraft("whatsapp", { thread: "1@lid", to: "79000000001" })).toEqual({ msg: { thread: "1@lid", text: null, content: [] } });
    for (const body of [null, [], {}, { msg: 5 }, { msg_text: "x" }]) expect(readDraft(body)).toBeUndefined();
  });

  it("goes to digits where the messenger goes by phone, and to a name elsewhere", () => {
    expect(writeRecipient("whatsapp", "+7 900 000-00-01")).toBe("79000000001");
    expect(writeRecipient("telegram", "@example")).toBe("example");
    expect(writeRecipient("telegram", "+79000000001")).toBe("79000000001");
    expect(writeRecipient("vk", "12345")).toBe("12345");
  });
});

it("words about an account that is not there are told from words about a person who is not", () => {
  const login = [
    "Token not found",
    "Account not found",
    "Invalid login",
    "Unauthorized",
    "Client does not exist",
    "token is required",
    "Аккаунт не найден",
  ];
  const other = ["Chat not found or created", "Account is not ready", "QR is undefined", "Webhook not found", "Empty message", ""];
  expect(login.filter((words) => !isAboutLogin(words))).toEqual([]);
  expect(other.filter(isAboutLogin)).toEqual([]);
});

it("three thousand odd answers are read without a fall", () => {
  const good = [fixture("answers/getInfo.json"), fixture("answers/sendMessage.json"), fixture("answers/getInfoByToken.json")] as Json[];
  for (let seed = 1; seed <= 3_000; seed++) {
    const { pick, objectOf, value } = nonsenseOf(seed);
    const body = seed % 4 === 0 ? value(5) : objectOf(pick(good));
    const read = readAnswer(body);
    readStep(body);
    readDraft(body);
    if (read.kind !== "done") continue;
    for (const { step } of [readInfo(read.value), ...(readAccounts(read.value) ?? [])]) expect(step.state).toMatch(/^[a-z_]+$/);
    readSent(read.value);
  }
  expect(readAnswer({ status: "ok", data: deep(100_000) })).toMatchObject({ kind: "done" });
  expect(readAnswer({ error: deep(100_000) })).toMatchObject({ kind: "failed" });
});
