import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { isGenuine, readSecret, signed, writeMessage } from "./protocol.ts";

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const secret = () => `whsec_${randomBytes(randomInt(24, 65)).toString("base64")}`;

describe("a signature", () => {
  it("is the reference libraries' own, for their own example", () => {
    const { secret, id, timestamp, payload, signature } = JSON.parse(fixture("reference.json"));
    const at = new Date(timestamp * 1000);
    expect(signed(payload, { id, at, secrets: [secret] })).toEqual({
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
    });
    expect(isGenuine(payload, signed(payload, { id, at, secrets: [secret] }), secret, at)).toBe(true);
  });

  it("is over id, time and body, as the specification's example has them", () => {
    const [id = "", timestamp = "", ...rest] = fixture("signed-content.txt").split(".");
    const body = rest.join(".");
    expect(writeMessage(JSON.parse(body))).toBe(body);
    const one = secret();
    const at = new Date(Number(timestamp) * 1000);
    expect(signed(body, { id, at, secrets: [one] })["webhook-signature"]).toBe(new Webhook(one).sign(id, at, body));
  });

  it("of a thousand random messages is verified by the reference library, and ours verifies theirs", () => {
    const letters = ["ё", "🌸", '"', "\\", "\n", " ", "a", "Ж", "\u2028", "{", "."];
    for (let n = 0; n < 1_000; n++) {
      const [one, id, at] = [secret(), `msg_${randomUUID()}`, new Date()];
      const text = Array.from({ length: randomInt(0, 200) }, () => letters[randomInt(letters.length)]).join("");
      const body = writeMessage({ type: "deal.changed", timestamp: at.toISOString(), data: { text, n } });
      const headers = signed(body, { id, at, secrets: [one] });
      expect(new Webhook(one).verify(body, headers)).toMatchObject({ data: { text, n } });
      expect(isGenuine(body, { ...headers, "webhook-signature": new Webhook(one).sign(id, at, body) }, one, at)).toBe(true);
    }
  });

  it("with two secrets is verified by either", () => {
    const [old, fresh] = [secret(), secret()];
    const headers = signed("{}", { id: "msg_1", at: new Date(), secrets: [fresh, old] });
    expect(headers["webhook-signature"]?.split(" ").length).toBe(2);
    for (const one of [old, fresh]) expect(() => new Webhook(one).verify("{}", headers)).not.toThrow();
    expect(() => new Webhook(secret()).verify("{}", headers)).toThrow();
  });

  it("is not taken for another body, id, time or secret, nor when it is old", () => {
    const [one, now] = [secret(), new Date()];
    const headers = signed("{}", { id: "msg_1", at: now, secrets: [one] });
    expect(isGenuine("{}", headers, one, now)).toBe(true);
    expect(isGenuine("{ }", headers, one, now)).toBe(false);
    expect(isGenuine("{}", { ...headers, "webhook-id": "msg_2" }, one, now)).toBe(false);
    expect(isGenuine("{}", { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }, one, now)).toBe(false);
    expect(isGenuine("{}", headers, secret(), now)).toBe(false);
    expect(isGenuine("{}", headers, one, new Date(now.getTime() + 301_000))).toBe(false);
    for (const name of Object.keys(headers)) expect(isGenuine("{}", { ...headers, [name]: undefined }, one, now), name).toBe(false);
  });
});

it("a secret is whsec_ and 24 to 64 bytes in base64, and nothing else", () => {
  expect(readSecret(secret())).toBeDefined();
  for (const wrong of [
    "",
    "whsec_",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_short",
    "whsec_%%%%",
    `whsec_${randomBytes(65).toString("base64")}`,
  ])
    expect(readSecret(wrong), wrong).toBeUndefined();
});
