import { beforeEach, expect, it, vi } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import { Refused, Unavailable } from "../errors.ts";
import { keptCopy } from "./kept-copy.ts";

let kit: ReturnType<typeof memoryKit>;
let clock: number;
let reads: number;
/** What there is over there; or why nobody says. */
let stages: readonly string[] | Error;
beforeEach(() => {
  clock = Date.parse("2026-11-30T12:00:00Z");
  kit = memoryKit({ now: () => new Date(clock) });
  reads = 0;
  stages = ["new"];
});

interface Setup {
  readonly domain: string;
  readonly stages: readonly string[];
}
/** As another process, or this one after a restart, has it. */
const copyOf = (domain = "a.example") =>
  keptCopy<Setup>({
    ...{ kit, name: "setup", isOfThis: (stored) => stored.domain === domain },
    async read() {
      reads++;
      if (stages instanceof Error) throw stages;
      return { domain, stages };
    },
  });
const minute = 60_000;

it("is read once for all processes, and again behind when it is old", async () => {
  const copy = copyOf();
  expect((await copy.get()).stages).toEqual(["new"]);
  expect((await copyOf().get()).stages).toEqual(["new"]);
  expect(reads).toBe(1);
  clock += 11 * minute;
  stages = ["new", "won"];
  expect((await copy.get()).stages).toEqual(["new"]);
  await vi.waitFor(async () => expect((await copy.get()).stages).toEqual(["new", "won"]));
  expect(reads).toBe(2);
});

it("is read again when something is missed in it, not more often than twice a minute", async () => {
  const copy = copyOf();
  await copy.get();
  stages = ["new", "won"];
  const won = () => copy.find(({ stages }) => stages.find((stage) => stage === "won"));
  expect(await won()).toBeUndefined();
  clock += minute;
  expect(await won()).toBe("won");
  expect([await copy.find(({ stages }) => stages[5]), reads]).toEqual([undefined, 2]);
});

it("stays what it was while nobody answers, who is not asked again at once", async () => {
  await copyOf().get();
  clock += 11 * minute;
  stages = new Unavailable("away");
  const copy = copyOf();
  const missed = () => copy.find(({ stages }) => stages[5]);
  expect(await missed()).toBeUndefined();
  const asked = reads;
  expect([await missed(), (await copy.get()).stages, reads]).toEqual([undefined, ["new"], asked]);
});

it("says why there is none, and what the far side refuses", async () => {
  stages = new Unavailable("away");
  await expect(copyOf().get()).rejects.toThrow("away");
  stages = ["new"];
  await copyOf().get();
  clock += minute;
  stages = new Refused("not for you");
  await expect(copyOf().find(({ stages }) => stages[5])).rejects.toThrow("not for you");
});

it("takes what was kept of another address for nothing", async () => {
  await copyOf("a.example").get();
  expect((await copyOf("b.example").get()).domain).toBe("b.example");
  expect(reads).toBe(2);
});
