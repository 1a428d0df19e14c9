import { expect, it } from "vitest";
import { retryDelay, retrySeconds } from "./retry.ts";

it("tries on the visible list of delays, within a fifth, and gives up afterwards", () => {
  expect([...retrySeconds]).toEqual([5, 30, 300, 1800, 7200, 21600, 43200, 86400, 86400]);
  for (const [index, seconds] of retrySeconds.entries()) {
    expect(retryDelay(index + 1, 0)).toBeCloseTo(seconds * 0.8);
    expect(retryDelay(index + 1, 1)).toBeCloseTo(seconds * 1.2);
  }
  expect(retryDelay(10, 0.5)).toBeUndefined();
  expect(retrySeconds.reduce((sum, seconds) => sum + seconds * 0.8, 0)).toBeGreaterThan(48 * 3600);
});

it("waits as long as the far side asks, within a day", () => {
  expect(retryDelay(1, 0.5, 77)).toBe(77);
  expect(retryDelay(1, 0.5, 10_000_000)).toBeLessThanOrEqual(103_680);
});
