import { beforeEach, expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import { Refused, Unavailable } from "../errors.ts";
import { madeBy, once, type Write } from "./once.ts";

const now = new Date("2026-11-30T12:00:00Z");
let kit: ReturnType<typeof memoryKit>;
/** What stands over there. */
let there: string[];
beforeEach(() => {
  kit = memoryKit({ now: () => now });
  there = [];
});

const making = (rest: Partial<Write> = {}): Write => ({
  kind: "contact",
  twins: async () => there,
  async make() {
    there.push(String(there.length + 1));
    return String(there.length);
  },
  ...rest,
});
/** It was done, and the answer was lost. */
const losing = (): Write =>
  making({
    async make() {
      await making().make();
      throw new Unavailable("no answer");
    },
  });

it("makes one of one key, and answers the same of a repeat", async () => {
  expect([await once(kit, "a", making()), await once(kit, "a", making()), await once(kit, "b", making())]).toEqual(["1", "1", "2"]);
  expect([await madeBy(kit, "a", making()), await madeBy(kit, "c", making())]).toEqual(["1", undefined]);
});

it("finds what a try has made whose answer was lost, from two minutes before that try on", async () => {
  await expect(once(kit, "a", losing())).rejects.toThrow("no answer");
  const since: number[] = [];
  const twins = async (from: number) => {
    since.push(from);
    return there;
  };
  expect(await madeBy(kit, "a", { kind: "contact", twins })).toBe("1");
  expect(await once(kit, "a", making({ twins }))).toBe("1");
  expect([there, since]).toEqual([["1"], [now.getTime() / 1000 - 120]]);
});

it("takes for nobody's twin what another key has made", async () => {
  await once(kit, "other", making());
  const silent = making({ make: () => Promise.reject(new Unavailable("nobody is there")) });
  await expect(once(kit, "a", silent)).rejects.toThrow("nobody is there");
  expect(await once(kit, "a", making())).toBe("2");
});

it("looks for no twin of a write that was refused, by its own words or by what a vendor knows of them", async () => {
  let looked = 0;
  const twins = async () => {
    looked++;
    return [];
  };
  const failing = (error: Error, rest: Partial<Write> = {}) =>
    once(kit, "a", making({ twins, make: () => Promise.reject(error), ...rest })).catch(() => undefined);
  await failing(new Refused("no"));
  await failing(new TypeError("not sent"), { hasDoneNothing: (error) => error instanceof TypeError });
  await once(kit, "a", making({ twins }));
  expect(looked).toBe(0);
  there = [];
  await once(kit, "b", making({ twins, make: () => Promise.reject(new TypeError("who knows")) })).catch(() => undefined);
  await once(kit, "b", making({ twins }));
  expect(looked).toBe(1);
});

it("goes on looking for the twin of an earlier try although a later one was refused", async () => {
  await once(kit, "a", losing()).catch(() => undefined);
  const blind = making({ twins: async () => [], make: () => Promise.reject(new Refused("there is one already")) });
  await expect(once(kit, "a", blind)).rejects.toThrow("there is one already");
  expect(await once(kit, "a", making())).toBe("1");
});
