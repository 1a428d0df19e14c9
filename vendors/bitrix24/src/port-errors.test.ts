import { Closed, LoginNeeded, Refused, Unavailable } from "@svyazka/core";
import { expect, it } from "vitest";
import { BitrixClosed, BitrixExpired, BitrixLimited, BitrixLogin, BitrixMoved, BitrixRefused, BitrixUnable } from "./client.ts";
import { portError } from "./port-errors.ts";

const facts = { method: "crm.item.add", status: 400 };

it("says what is to be done about what the portal said", () => {
  expect(portError(new BitrixLogin("x", facts))).toBeInstanceOf(LoginNeeded);
  expect(portError(new BitrixClosed("x", facts))).toBeInstanceOf(Closed);
  expect(portError(new BitrixLimited("x", facts, 7))).toMatchObject({ retryAfterSeconds: 7 });
  expect(portError(new BitrixRefused("x", facts))).toBeInstanceOf(Refused);
  expect(portError(new BitrixUnable("x", { ...facts, code: "insufficient_scope" }))).toMatchObject({
    message: expect.stringContaining("permission"),
  });
  const own = new Error("mine");
  expect(portError(own)).toBe(own);
});

it("gives nothing up for a token that was too old twice, or for a portal that has moved once too often", () => {
  for (const error of [new BitrixExpired("x", facts), new BitrixMoved(facts, "https://a.example")]) {
    const told = portError(error);
    expect(told).toBeInstanceOf(Unavailable);
    expect(told).not.toBeInstanceOf(Refused);
  }
});
