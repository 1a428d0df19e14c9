import { describe, expect, it } from "vitest";
import type { SentFile, SentMessage } from "./messages.ts";
import { partsOf, splitText } from "./messenger.ts";
import type { MessengerRules } from "./messenger-rules.ts";
import { offHours } from "./messenger-rules.ts";

const sent = (changes: Partial<SentMessage["message"]>): Pick<SentMessage, "message"> => ({
  message: { id: "1", uid: "u", kind: "text", text: "", content: null, files: [], at: "2026-01-01T00:00:00Z", ...changes },
});
const file = (name: string, kind: SentFile["kind"] = "picture"): SentFile => ({ kind, name, file: `id of ${name}` });
const abilities = { longestText: 10, longestCaption: 5 };

describe("a long text", () => {
  it("is cut at the ends of lines and words", () => {
    expect(splitText("один два три четыре", 10)).toEqual(["один два", "три четыре"]);
    expect(splitText("короткий", 10)).toEqual(["короткий"]);
    expect(splitText("первая\nвторая строка", 10)).toEqual(["первая", "вторая", "строка"]);
  });

  it("is cut anywhere where there are none, but never inside of a letter", () => {
    expect(splitText("я".repeat(25), 10).map(({ length }) => length)).toEqual([10, 10, 5]);
    const pieces = splitText("😀".repeat(11), 5);
    expect(pieces.join("")).toBe("😀".repeat(11));
    expect(pieces.every((piece) => piece.length <= 5 && !/[\uD800-\uDBFF]$/.test(piece))).toBe(true);
  });

  it("loses nothing but the blanks it is cut at", () => {
    for (let length = 1; length < 60; length++) {
      const text = Array.from({ length }, (_, index) => (index % 7 === 3 ? " " : String.fromCharCode(97 + (index % 26)))).join("");
      const pieces = splitText(text, 8);
      expect(pieces.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      expect(pieces.every((piece) => piece.length <= 8)).toBe(true);
    }
  });
});

describe("a message of ours", () => {
  it("is as many of the channel's as it needs, the same every time", () => {
    expect(partsOf(sent({ text: "привет" }), abilities)).toEqual([{ kind: "text", text: "привет" }]);
    expect(partsOf(sent({ text: "план", files: [file("a"), file("b")] }), abilities)).toEqual([
      { kind: "file", file: file("a"), caption: "план" },
      { kind: "file", file: file("b"), caption: "" },
    ]);
    // Too long for a caption: before the files, as a person would send it.
    expect(partsOf(sent({ text: "длинный", files: [file("a")] }), abilities).map(({ kind }) => kind)).toEqual(["text", "file"]);
    expect(partsOf(sent({ text: "слова", files: [file("a", "voice")] }), abilities).map(({ kind }) => kind)).toEqual(["text", "file"]);
    expect(partsOf(sent({ files: [file("a")] }), abilities)).toEqual([{ kind: "file", file: file("a"), caption: "" }]);
  });

  it("has its words beside a file that the channel shows none with", () => {
    const song = sent({ text: "слова", files: [file("a", "audio")] });
    expect(partsOf(song, abilities).map(({ kind }) => kind)).toEqual(["file"]);
    expect(partsOf(song, { ...abilities, captioned: ["picture"] }).map(({ kind }) => kind)).toEqual(["text", "file"]);
  });

  it("may be a template, a place or a card", () => {
    const content = { name: "hello", language: "ru", values: ["Мария"] };
    expect(partsOf(sent({ kind: "template", content }), abilities)).toEqual([{ kind: "template", template: content }]);
    expect(partsOf(sent({ kind: "location", content: { latitude: 1, longitude: 2 } }), abilities)).toEqual([{ kind: "content" }]);
    // What is no template is sent as the words that it has.
    expect(partsOf(sent({ kind: "template", content: {}, text: "слова" }), abilities)).toEqual([{ kind: "text", text: "слова" }]);
  });
});

describe("hours of work", () => {
  const rules = (changes: Partial<MessengerRules> = {}): MessengerRules => ({
    first_message: "incoming",
    pipeline: undefined,
    responsible: [],
    file_days: 1,
    off_hours_text: "",
    work_days: ["mon", "tue", "wed", "thu", "fri"],
    work_from: "09:00",
    work_to: "18:00",
    ...changes,
  });
  const at = (text: string, changes?: Partial<MessengerRules>) => offHours(rules(changes), new Date(text), "Europe/Moscow");

  it("are the company's own, by its clock", () => {
    // 30 November 2026 is a Monday; Moscow is three hours ahead.
    expect(at("2026-11-30T06:00:00Z")).toBeUndefined();
    expect(at("2026-11-30T05:59:59Z")).toBeDefined();
    expect(at("2026-11-30T14:59:59Z")).toBeUndefined();
    expect(at("2026-11-30T15:00:00Z")).toBeDefined();
  });

  it("are over for one period until they begin again: the night, and the whole weekend", () => {
    const evening = at("2026-11-27T18:00:00Z");
    expect(at("2026-11-28T10:00:00Z")).toBe(evening);
    expect(at("2026-11-30T05:00:00Z")).toBe(evening);
    expect(at("2026-11-30T16:00:00Z")).not.toBe(evening);
  });

  it("may go past midnight", () => {
    const night = { work_from: "20:00", work_to: "04:00", work_days: ["mon"] };
    expect(at("2026-11-30T17:00:00Z", night)).toBeUndefined();
    expect(at("2026-12-01T00:30:00Z", night)).toBeUndefined();
    expect(at("2026-12-01T01:00:00Z", night)).toBeDefined();
    expect(at("2026-12-01T17:00:00Z", night)).toBeDefined();
  });

  it("are never, where no day is one of work", () => {
    expect(at("2026-11-30T10:00:00Z", { work_days: [] })).toBe("always");
  });
});
