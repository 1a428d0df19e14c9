import { expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import { closeMarked, markTask } from "./marked-tasks.ts";

it("closes the marked tasks whose moment has come, once, and counts those that were open", async () => {
  const kit = memoryKit();
  for (const [task, at] of [
    ["1", "10:00"],
    ["2", "11:00"],
    ["3", "12:00"],
  ] as const)
    await markTask(kit, { name: "missed", at: `2026-11-30T${at}:00+03:00` }, task);
  const asked: string[] = [];
  const close = () =>
    closeMarked(kit, { mark: "missed", before: new Date("2026-11-30T11:30:00+03:00") }, async (task) => {
      asked.push(task);
      return task === "2";
    });
  expect([await close(), await close(), asked]).toEqual([1, 0, ["1", "2"]]);
});
