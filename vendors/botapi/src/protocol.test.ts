import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  isSecretToken,
  readAnswer,
  readFileInfo,
  readMe,
  readSent,
  readUpdate,
  readWebhookState,
  reasonOf,
  verifySecretToken,
} from "./index.ts";

const text = (name: string): string => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8");
const fixture = (name: string): unknown => JSON.parse(text(name));
const eventIn = (name: string): unknown => {
  const read = readUpdate(fixture(name));
  return read.kind === "events" ? read.events[0] : read;
};
const tester = { id: "1111111", name: "Test Firstname Test Lastname", username: "Testusername" };
const at = new Date("2015-09-07T17:05:32Z");

describe("the guide's own updates", () => {
  it("are told by the number under which they are repeated", () => {
    for (const file of readdirSync(new URL("../fixtures/guide", import.meta.url)))
      expect(readUpdate(fixture(`guide/${file.replace(".json", "")}`)), file).toMatchObject({ updateId: 10000 });
  });

  it("with text are messages, whether or not the chat has a type", () => {
    const message = { kind: "message", chat: "1111111", messageId: 1365, at, text: "/start", attachments: [] };
    expect(eventIn("guide/text")).toEqual({ ...message, from: tester });
    expect(eventIn("guide/text-without-type")).toEqual({
      ...message,
      from: { id: "1111111", name: "Test Test Lastname", username: "Test" },
    });
    expect(eventIn("guide/forwarded")).toEqual({ ...message, from: tester });
    expect(eventIn("guide/entities")).toEqual({ ...message, from: tester, text: "Bold and italics" });
  });

  it("with a reply tell which message is answered", () => {
    expect(eventIn("guide/reply")).toMatchObject({ text: "/start", replyTo: 1334 });
  });

  it("about an edited message hold it whole, and when it was edited", () => {
    expect(eventIn("guide/edited")).toMatchObject({
      kind: "edited",
      messageId: 1365,
      text: "Edited text",
      editedAt: new Date(1441646600_000),
    });
  });

  it("with a file tell what it is and how to fetch it", () => {
    const fileId = "AwADBAADbXXXXXXXXXXXGBdhD2l6_XX";
    expect(eventIn("guide/audio")).toMatchObject({
      text: "",
      attachments: [{ kind: "audio", fileId, type: "audio/mpeg", bytes: 3897500 }],
    });
    expect(eventIn("guide/voice")).toMatchObject({ attachments: [{ kind: "voice", fileId, type: "audio/ogg", bytes: 23000 }] });
    expect(eventIn("guide/document")).toMatchObject({
      attachments: [{ kind: "file", fileId, name: "Testfile.pdf", type: "application/pdf" }],
    });
  });

  it("about other things than a conversation are irrelevant, and say so", () => {
    for (const name of ["guide/inline-query", "guide/callback-query"])
      expect(readUpdate(fixture(name)), name).toMatchObject({ kind: "irrelevant", why: expect.stringContaining("_query") });
  });
});

describe("updates made after the reference's tables", () => {
  it("give the largest size of a photo, whatever its place, with its caption and album", () => {
    expect(eventIn("tables/photo")).toMatchObject({
      ...{ text: "The roof", album: "13058713391" },
      attachments: [{ kind: "picture", fileId: "AgACAgIAAxkBAAIx", uniqueId: "AQADx", type: "image/jpeg", bytes: 98765 }],
    });
  });

  it("give videos, round videos and animations as videos, and no animation twice", () => {
    for (const name of ["video", "video-note", "animation"])
      expect(eventIn(`tables/${name}`), name).toMatchObject({ attachments: [{ kind: "video" }] });
    expect(eventIn("tables/animation")).toMatchObject({ attachments: { length: 1 } });
    expect(eventIn("tables/sticker")).toMatchObject({ attachments: [{ kind: "sticker", type: "video/webm" }] });
  });

  it("give places, with name and address when it is a venue", () => {
    expect(eventIn("tables/location")).toMatchObject({ location: { latitude: 55.755826, longitude: 37.617299 } });
    expect(eventIn("tables/venue")).toMatchObject({ location: { latitude: 55.755826, name: "Office", address: "1 Main street" } });
  });

  it("give a phone of the person only when the contact is their own", () => {
    expect(eventIn("tables/contact-own")).toMatchObject({ from: { ...tester, phone: "79161234567" }, contact: { userId: "1111111" } });
    expect(eventIn("tables/contact-other")).toMatchObject({
      from: tester,
      contact: { name: "Other Person", phone: "+7 916 765-43-21", userId: "222222" },
    });
    expect((eventIn("tables/contact-other") as { from: object }).from).not.toHaveProperty("phone");
  });

  it("tell by which link a person came", () => {
    expect(eventIn("tables/start-parameter")).toMatchObject({ text: "/start ad_42-Zx", startParameter: "ad_42-Zx" });
    expect(eventIn("guide/text")).not.toHaveProperty("startParameter");
  });

  it("name what was sent and cannot be shown", () => {
    expect(eventIn("tables/poll")).toMatchObject({ kind: "message", text: "", other: "poll" });
  });

  it("of groups and channels, and notices of a chat, are irrelevant", () => {
    for (const [name, why] of [
      ["group", "supergroup"],
      ["channel-post", "channel_post"],
      ["pinned", "pinned_message"],
    ])
      expect(readUpdate(fixture(`tables/${name}`)), name).toMatchObject({ kind: "irrelevant", why: expect.stringContaining(why ?? "") });
  });

  it("give reactions, with null for one that was taken back", () => {
    expect(eventIn("tables/reaction")).toEqual({
      kind: "reaction",
      chat: "1111111",
      messageId: 1365,
      from: tester,
      at: new Date(1441645600_000),
      emoji: "👍",
    });
    expect(eventIn("tables/reaction-removed")).toMatchObject({ kind: "reaction", emoji: null });
  });

  it("tell that a person has stopped the bot, and that they let it write again", () => {
    expect(eventIn("tables/blocked")).toEqual({ kind: "blocked", chat: "1111111", from: tester, at: new Date(1441645700_000) });
    expect(eventIn("tables/unblocked")).toMatchObject({ kind: "unblocked", from: tester });
  });

  it("of a kind that is new to us are not recognised, and not lost", () => {
    expect(readUpdate({ update_id: 5, telepathy: {} })).toEqual({
      ...{ kind: "unrecognised", updateId: 5 },
      why: "an update of no kind that we know: telepathy",
    });
    expect(readUpdate({ message: {} })).toMatchObject({ kind: "unrecognised" });
    expect(readUpdate({ update_id: 6, message: { message_id: 1, chat: { id: 5 }, text: "no date" } })).toMatchObject({
      kind: "unrecognised",
      updateId: 6,
    });
  });
});

describe("an answer", () => {
  const answer = (name: string, status = 200) => readAnswer(status, text(`tables/answer-${name}`));

  it("is a result, a refusal with its parameters, or none", () => {
    const sent = answer("message");
    expect(sent).toMatchObject({ kind: "result" });
    expect(readSent((sent as { result: unknown }).result)).toEqual({ chat: "1111111", messageId: 1367, at: new Date(1441645533_000) });
    expect(readMe((answer("me") as { result: unknown }).result)).toEqual({ id: "110201543", name: "Test bot", username: "test_bot" });
    expect(answer("flood", 429)).toMatchObject({ kind: "refused", code: 429, retryAfterSeconds: 5 });
    expect(answer("migrated", 400)).toMatchObject({ kind: "refused", migrateToChatId: "-1001234567890" });
    for (const body of ["", "<html>", "{", "[]", "null", '{"ok":1}', '{"ok":true}'])
      expect(readAnswer(502, body), body).toEqual({ kind: "unreadable" });
  });

  it("says why, in the words of every messenger", () => {
    for (const [name, reason] of [
      ["blocked", "privacy"],
      ["unauthorized", "needs_auth"],
      ["chat-not-found", "bad_recipient"],
      ["too-long", "text_too_long"],
      ["flood", "rate_limited"],
      ["conflict", "channel_down"],
    ]) {
      const read = answer(name ?? "");
      if (read.kind !== "refused") throw new Error(`${name} must be a refusal`);
      expect(reasonOf(read.code, read.description), name).toBe(reason);
    }
    expect(reasonOf(403, "Forbidden: user is deactivated")).toBe("no_account");
    expect(reasonOf(403, "Forbidden: bot can't initiate conversation with a user")).toBe("privacy");
    expect(reasonOf(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")).toBe("privacy");
    expect(reasonOf(400, "Bad Request: message caption is too long")).toBe("text_too_long");
    expect(reasonOf(400, "Bad Request: file is too big")).toBe("media_rejected");
    expect(reasonOf(413, "Request Entity Too Large")).toBe("media_rejected");
    expect(reasonOf(400, "Bad Request: PEER_FLOOD")).toBe("spam_block");
    expect(reasonOf(500, "Internal Server Error")).toBe("channel_down");
    expect(reasonOf(400, "Bad Request: something new")).toBe("unknown");
  });

  it("about a webhook tells its last trouble", () => {
    expect(
      readWebhookState({
        url: "https://a.example",
        pending_update_count: 2,
        last_error_date: 1441645532,
        last_error_message: "Connection failed",
      }),
    ).toEqual({
      ...{ url: "https://a.example", pending: 2, lastError: { at, words: "Connection failed" }, allowedUpdates: [] },
    });
    expect(readWebhookState({ url: "" })).toEqual({ url: "", pending: 0, allowedUpdates: [] });
    expect(readFileInfo({ file_id: "a", file_path: "documents/file_1.pdf" })).toEqual({ fileId: "a", path: "documents/file_1.pdf" });
  });
});

it("a webhook is genuine when it brings the very token", () => {
  expect(verifySecretToken("s3cret_-", "s3cret_-")).toBe(true);
  for (const given of [undefined, "", "s3cret", "s3cret_- ", "S3CRET_-"]) expect(verifySecretToken(given, "s3cret_-"), given).toBe(false);
  expect(verifySecretToken("", "")).toBe(false);
  expect(isSecretToken("a".repeat(256))).toBe(true);
  for (const wrong of ["", "a".repeat(257), "with space", "ключ", "a\n"]) expect(isSecretToken(wrong), wrong).toBe(false);
});
