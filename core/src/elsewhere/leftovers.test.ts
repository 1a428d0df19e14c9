import { expect, it } from "vitest";
import { leftoverText } from "./leftovers.ts";

it("puts into words what no field could hold, and nothing when there is nothing", () => {
  expect([leftoverText("ru", ["ИНН: 7707083893", "Сайт: a.example"]), leftoverText("en", [])]).toEqual([
    "Не поместилось в поля:\nИНН: 7707083893\nСайт: a.example",
    undefined,
  ]);
});
