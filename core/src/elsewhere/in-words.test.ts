import { expect, it } from "vitest";
import { Refused } from "../errors.ts";
import { inWords } from "./in-words.ts";

it("throws what a port may throw, whatever the far side said", async () => {
  const port = inWords({ of: "3", find: async (id: string) => Promise.reject(new RangeError(id)) }, (error) =>
    error instanceof RangeError ? new Refused(`no ${error.message}`) : error,
  );
  expect(port.of).toBe("3");
  await expect(port.find("5")).rejects.toThrow(new Refused("no 5"));
});
