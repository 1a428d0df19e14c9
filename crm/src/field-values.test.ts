import type { FieldType } from "@svyazka/core";
import { expect, it } from "vitest";
import { readFieldValue } from "./field-values.ts";
import type { Field } from "./fields.ts";

const home = { country: "RU", currency: "RUB", timeZone: "Europe/Moscow" };
const field = (type: FieldType): Field => ({
  ...{ id: 1, entity: "deal", code: "x", name: "X", type, position: 0, served: null, createdAt: new Date(0), updatedAt: new Date(0) },
  options: [
    { id: 5, value: "Малый", code: "S" },
    { id: 6, value: "Да, большой", code: null },
  ],
});

it.each<[FieldType, unknown, unknown]>([
  ["text", " как есть ", "как есть"],
  ["moment", "2026-11-25T10:00:00+03:00", "2026-11-25T07:00:00.000Z"],
  ["moment", "завтра", undefined],
  ["object", '{"a":[1]}', { json: { a: [1] } }],
  ["object", "{", undefined],
  ["number", "1 000,5", 1000.5],
  ["number", 7, 7],
  ["number", "семь", undefined],
  ["number", "1e400", undefined],
  ["flag", "да", true],
  ["flag", "0", false],
  ["flag", true, true],
  ["flag", "может быть", undefined],
  ["date", "31.12.2026", "2026-12-31"],
  ["date", "2026-12-31T10:00:00+03:00", "2026-12-31"],
  ["date", "31.02.2026", undefined],
  ["select", "малый", 5],
  ["select", "S", 5],
  ["select", 6, 6],
  ["select", 7, undefined],
  ["select", "огромный", undefined],
  ["multiselect", "Малый; S", [5]],
  ["multiselect", "Да, большой", [6]],
  ["multiselect", ["S", 6], [5, 6]],
  ["multiselect", ["S", "огромный"], undefined],
  ["url", "example.com/страница", "example.com/страница"],
  ["url", "javascript:alert(1)", undefined],
  ["phone", "8 910 123-45-67", "8 910 123-45-67"],
  ["phone", "нет", undefined],
  ["email", "a@example.com", "a@example.com"],
  ["email", "a", undefined],
  ["money", "10 000,50 ₽", { minor: 1_000_050, currency: "RUB" }],
  ["money", { sum: "1.5", currency: "KZT" }, { minor: 150, currency: "KZT" }],
  ["money", "много", undefined],
  ["money", { minor: 150, currency: "KZT" }, { minor: 150, currency: "KZT" }],
  ["money", { minor: 1.5, currency: "KZT" }, undefined],
  ["address", "Тверь, ул. Мира, 1", "Тверь, ул. Мира, 1"],
  ["moment", "2026-12-31T15:00:00+03:00", "2026-12-31T12:00:00.000Z"],
  ["moment", "2026-12-31T12:00:00.000Z", "2026-12-31T12:00:00.000Z"],
  ["moment", "31.12.2026 15:00", "2026-12-31T12:00:00.000Z"],
  ["moment", "2026-12-31", "2026-12-30T21:00:00.000Z"],
  ["moment", "31.02.2026 15:00", undefined],
  ["moment", "завтра", undefined],
  ["object", { json: { name: "ООО Ромашка", list: [1, null] } }, { json: { name: "ООО Ромашка", list: [1, null] } }],
  ["object", { json: null }, { json: null }],
  ["object", ' {"inn": "7788888888"} ', { json: { inn: "7788888888" } }],
  ["object", "[".repeat(30_000), undefined],
  ["object", `${"[".repeat(200)}${"]".repeat(200)}`, undefined],
  ["object", { json: { text: "x".repeat(70_000) } }, undefined],
  ["object", "просто текст", undefined],
])("a field of type %s reads %j as %j", (type, given, expected) => {
  expect(readFieldValue(field(type), given, home)).toEqual(expected);
});
