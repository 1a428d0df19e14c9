import { expect, it } from "vitest";
import { plainText, readOperatorMessages } from "./open-lines.ts";

it("takes BBCode for what a person reads", () => {
  expect(plainText("[b]Анна:[/b][br]Смотрите [url=https://a.example/?b=1]здесь[/url], [URL]https://c.example[/URL]")).toBe(
    "Анна:\nСмотрите здесь (https://a.example/?b=1), https://c.example",
  );
  expect(plainText("[url=https://a.example][b]здесь[/b][/url] [url=https://b.example][/url]")).toBe(
    "здесь (https://a.example) https://b.example",
  );
  expect(plainText("мой [размер] 5 [url=x]")).toBe("мой [размер] 5");
});

it("reads tags that are never closed in the time that their length allows", () => {
  for (const tag of ["[url=", "[url=a]", "[b=", "[br "]) {
    const short = timeOf(tag.repeat(5_000));
    const long = timeOf(tag.repeat(80_000));
    // Sixteen times as much: by squares it would be 256 times as long.
    expect(long, tag).toBeLessThan(Math.max(short, 5) * 80);
  }
});

function timeOf(text: string): number {
  const began = performance.now();
  plainText(text);
  return performance.now() - began;
}

it("takes nothing for a message whose names no portal gives: they name our facts", () => {
  const told = (chat: string, message = "12") => ({
    ...{ CONNECTOR: "svyazka_whatsapp", LINE: "5" },
    MESSAGES: { 0: { im: { chat_id: "3", message_id: message }, message: { text: "Привет" }, chat: { id: chat } } },
  });
  expect(readOperatorMessages(told("uid-5"))).toHaveLength(1);
  expect(readOperatorMessages(told("u".repeat(5_000)))).toEqual([]);
  expect(readOperatorMessages(told("uid-5", "1".repeat(5_000)))).toEqual([]);
  expect(readOperatorMessages({ ...told("uid-5"), CONNECTOR: "c".repeat(5_000) })).toEqual([]);
});
