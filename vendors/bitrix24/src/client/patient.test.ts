import type { Answer } from "@svyazka/wire";
import { expect, it } from "vitest";
import { patiently } from "./patient.ts";

const request = { method: "POST", url: "https://portal.example/rest/scope.json" };
const answer: Answer = { status: 200, headers: {}, body: "{}" };
const notYet = (retryAfterSeconds?: number): Error => Object.assign(new Error("not your turn"), { name: "NotYet", retryAfterSeconds });

/** Sends after these errors, and tells how long it has slept in between. */
function sendingAfter(errors: readonly Error[]) {
  const [left, slept] = [[...errors], [] as number[]];
  const send = patiently(
    async () => {
      const error = left.shift();
      if (error) throw error;
      return answer;
    },
    async (ms) => void slept.push(ms),
  );
  return { slept, sent: () => send(request) };
}

it("waits for its turn as long as it is asked to, or two seconds", async () => {
  const { slept, sent } = sendingAfter([notYet(5), notYet(), notYet(1)]);
  expect(await sent()).toEqual(answer);
  expect(slept).toEqual([5_000, 2_000, 1_000]);
});

it("waits for two minutes at most", async () => {
  const { slept, sent } = sendingAfter(Array.from({ length: 100 }, () => notYet(50)));
  await expect(sent()).rejects.toThrow("not your turn");
  expect(slept).toEqual([50_000, 50_000]);
});

it("waits for nothing else", async () => {
  const { slept, sent } = sendingAfter([new Error("no answer")]);
  await expect(sent()).rejects.toThrow("no answer");
  expect(slept).toEqual([]);
});
