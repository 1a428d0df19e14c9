import { globSync, readFileSync } from "node:fs";
import type { InboundRequest } from "@svyazka/core";
import { spoiled } from "@svyazka/wire/testkit";
import { describe, expect, it } from "vitest";
import { connectionTo } from "../testkit/connection.ts";
import { factsOf, messageIdOf } from "./adapter/updates.ts";
import { botapi } from "./adapter.ts";
import { secretTokenHeader } from "./protocol.ts";

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const facts = (name: string) => {
  const read = factsOf(fixture(name));
  if ("ignored" in read) throw new Error(read.ignored);
  return read.facts;
};
const hooked = connectionTo("110201543:token", { delivery: "webhook" });
const request = (rest: Partial<InboundRequest> = {}): InboundRequest => ({
  ...{
    method: "POST",
    path: "/botapi/update",
    headers: { [secretTokenHeader]: hooked.secrets.secret_token },
    query: {},
    form: {},
    files: [],
  },
  ...{ text: "", ip: "127.0.0.1", json: fixture("guide/text") },
  ...rest,
});
const receive = (rest: Partial<InboundRequest> = {}) => botapi.receive?.(request(rest), hooked, new Date());

describe("an update", () => {
  it("that is a message is one of the chat, by a name that holds the chat", () => {
    expect(facts("tables/start-parameter")).toMatchObject([
      {
        ...{ type: "message.received", subject: expect.stringMatching(/^chat \d+$/) },
        data: {
          conversation: { network: "telegram", external: expect.stringMatching(/^\d+$/), client: { external: expect.any(String) } },
          message: { external: expect.stringMatching(/^\d+:\d+$/), direction: "in", kind: "text", content: { start: expect.any(String) } },
        },
      },
    ]);
  });

  it("with a file is two facts: the message, and what is to be fetched", () => {
    const [message, file] = facts("tables/photo");
    expect(message).toMatchObject({ data: { message: { kind: "picture", files: [{ kind: "picture", ref: expect.any(String) }] } } });
    expect(file).toMatchObject({ type: "attachment.received", data: { place: 0, file: { kind: "picture" } } });
    expect(facts("guide/voice")[0]).toMatchObject({ data: { message: { kind: "voice" } } });
  });

  it("may be a place, a card, an answer; only a person's own card is their phone", () => {
    expect(facts("tables/venue")[0]).toMatchObject({ data: { message: { kind: "location", content: { latitude: expect.any(Number) } } } });
    expect(facts("tables/contact-own")[0]).toMatchObject({
      data: {
        message: { kind: "contact", content: { phones: [expect.stringMatching(/^\+\d+$/)] } },
        conversation: { client: { phone: expect.stringMatching(/^\+\d+$/) } },
      },
    });
    expect(facts("tables/contact-other")[0]).not.toHaveProperty("data.conversation.client.phone");
    expect(facts("guide/reply")[0]).toMatchObject({ data: { message: { replyTo: expect.stringMatching(/^\d+:\d+$/) } } });
  });

  it("that a person cannot be shown is named in brackets", () => {
    expect(facts("tables/poll")[0]).toMatchObject({ data: { message: { kind: "text", text: "[poll]" } } });
  });

  it("that changes a message is known by its own number: two edits of one second are two", () => {
    const [edit] = facts("guide/edited");
    expect(edit).toMatchObject({ type: "message.changed", data: { change: { text: expect.any(String) } } });
    const later = factsOf({ ...(fixture("guide/edited") as object), update_id: 7 });
    expect("facts" in later && later.facts[0]?.key).not.toBe(edit?.key);
    expect(facts("tables/reaction")).toMatchObject([{ data: { change: { emoji: expect.any(String), who: expect.any(String) } } }]);
    expect(facts("tables/reaction-removed")).toMatchObject([{ data: { change: { emoji: null } } }]);
  });

  it("that nobody here follows is ignored in words", () => {
    const named = globSync("fixtures/**/*.json", { cwd: new URL("..", import.meta.url) })
      .filter((path) => !path.includes("answer-"))
      .map((path) => [path.replace(/^fixtures\/|\.json$/g, ""), factsOf(fixture(path.replace(/^fixtures\/|\.json$/g, "")))] as const);
    expect(Object.fromEntries(named.flatMap(([name, read]) => ("ignored" in read ? [[name, read.ignored]] : [])))).toMatchObject({
      "tables/blocked": "the person has stopped the bot",
      "tables/unblocked": "the person has let the bot write again",
      "tables/group": expect.stringContaining("only private chats"),
      "guide/callback-query": expect.stringContaining("callback_query"),
    });
    const live = structuredClone(fixture("tables/location")) as { update_id: number; message: Record<string, unknown> };
    expect(factsOf({ update_id: 5, edited_message: { ...live.message, edit_date: 1_800_000_000 } })).toEqual({
      ignored: "a place that moves on",
    });
  });

  it("that is spoiled anywhere breaks nothing", () => {
    for (const name of ["guide/reply", "tables/photo", "tables/contact-own", "tables/reaction"])
      for (const update of spoiled(fixture(name))) expect(() => factsOf(update)).not.toThrow();
  });
});

describe("the door", () => {
  it("takes an update with the secret, and answers when its facts are down", () => {
    expect(receive()).toMatchObject({ facts: [{ type: "message.received" }], reply: { status: 200 } });
    expect(receive({ json: fixture("tables/group") })).toMatchObject({ ignored: expect.any(String), reply: { status: 200 } });
    for (const json of [[], "x", 5, null, {}])
      expect(receive({ json })).toMatchObject({ ignored: expect.any(String), reply: { status: 200 } });
  });

  it("knows nobody without it, also where there is none", () => {
    for (const token of ["wrong", "", undefined])
      expect(() => receive({ headers: token === undefined ? {} : { [secretTokenHeader]: token } })).toThrow(
        expect.objectContaining({ name: "Intruder" }),
      );
    const bare = { ...hooked, secrets: { token: "1:x" } } as unknown as typeof hooked;
    expect(() => botapi.receive?.(request({ headers: { [secretTokenHeader]: "" } }), bare, new Date())).toThrow(
      expect.objectContaining({ name: "Intruder" }),
    );
  });

  it("says what is wrong with a body that is no JSON, and with whatever else comes", () => {
    expect(() => receive({ json: undefined })).toThrow(expect.objectContaining({ name: "Malformed" }));
    const refuse = (kind: "too_large" | "unavailable" | "removed") => botapi.door?.refuse({ kind }, request()).status;
    expect([refuse("too_large"), refuse("unavailable"), refuse("removed")]).toEqual([413, 503, 410]);
    expect(botapi.door?.refuse({ kind: "busy", retryAfterSeconds: 5 }, request()).headers["retry-after"]).toBe("5");
  });
});

it("the number of a message is found in its name, and only there", () => {
  expect(["5:7", "-5:7", "7", "5:x", "5:0", "5:99999999999999999"].map(messageIdOf)).toEqual([
    7,
    7,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
