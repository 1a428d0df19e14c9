import { describe, expect, it } from "vitest";
import {
  fieldDraft,
  fieldFlag,
  fieldMoment,
  fieldNumber,
  fieldOf,
  fieldText,
  fieldTexts,
  fieldValue,
  type LeadDraft,
  withField,
} from "../client.ts";

const record = {
  custom_fields_values: [
    {
      ...{ field_id: 1, field_name: "Телефон", field_code: "PHONE", field_type: "multitext" },
      values: [
        { value: "+7 910 123-45-67", enum_id: 11, enum_code: "WORK" },
        { value: "+79101234568", enum_id: 12, enum_code: "MOB" },
      ],
    },
    { field_id: 2, field_name: "Цвет", field_code: null, field_type: "select", values: [{ value: "red", enum_id: 21, enum_code: null }] },
    { field_id: 3, field_name: "Вес", field_code: "WEIGHT", field_type: "numeric", values: [{ value: "12.5" }] },
    { field_id: 4, field_name: "Да", field_code: null, field_type: "checkbox", values: [{ value: true }] },
    { field_id: 5, field_name: "Дата", field_code: null, field_type: "date", values: [{ value: 1_700_000_000 }] },
    { field_id: 6, field_name: "Когда", field_code: null, field_type: "date_time", values: [{ value: "2026-03-02T10:00:00+03:00" }] },
    { field_id: 7, field_name: "Лицо", field_code: null, field_type: "legal_entity", values: [{ value: { name: "ООО", vat_id: "77" } }] },
  ],
};

describe("a custom field", () => {
  it("is read by its id or its code, in any case, as the type one asks for", () => {
    expect(fieldOf(record, "phone")).toBe(fieldOf(record, 1));
    expect(fieldText(record, "PHONE")).toBe("+7 910 123-45-67");
    expect(fieldTexts(record, 1).map(({ kind }) => kind)).toEqual(["WORK", "MOB"]);
    expect(fieldValue(record, 2)).toEqual({ value: "red", enum_id: 21, enum_code: null });
    expect(fieldNumber(record, "weight")).toBe(12.5);
    expect(fieldFlag(record, 4)).toBe(true);
    expect(fieldMoment(record, 5)?.toISOString()).toBe("2023-11-14T22:13:20.000Z");
    expect(fieldMoment(record, 6)?.toISOString()).toBe("2026-03-02T07:00:00.000Z");
    expect(fieldValue(record, 7)?.value).toEqual({ name: "ООО", vat_id: "77" });
  });

  it("that is empty, or of another type, is undefined and throws nothing", () => {
    for (const holder of [record, { custom_fields_values: null }, { custom_fields_values: [] }]) {
      expect(fieldText(holder, 99)).toBeUndefined();
      expect(fieldNumber(holder, "PHONE")).toBeUndefined();
      expect(fieldMoment(holder, 2)).toBeUndefined();
      expect(fieldText(holder, 7)).toBeUndefined();
      expect(fieldFlag(holder, 99)).toBe(false);
      expect(fieldTexts(holder, 99)).toEqual([]);
    }
  });

  it("is written by its id or its code, and once", () => {
    const draft: LeadDraft = withField(withField(withField({ name: "x" }, 2, { enum_id: 21 }), "PHONE", "1"), "phone", [
      { value: "2", enum_code: "MOB" },
      "3",
    ]);
    expect(draft).toEqual({
      name: "x",
      custom_fields_values: [
        { field_id: 2, values: [{ enum_id: 21 }] },
        { field_code: "phone", values: [{ value: "2", enum_code: "MOB" }, { value: "3" }] },
      ],
    });
    expect(fieldDraft(5, new Date(1_700_000_000_500))).toEqual({ field_id: 5, values: [{ value: 1_700_000_000 }] });
    expect(fieldDraft(4, false)).toEqual({ field_id: 4, values: [{ value: false }] });
  });

  it("is emptied by null, and by a list of nothing", () => {
    expect(fieldDraft(1, null)).toEqual({ field_id: 1, values: null });
    expect(fieldDraft("PHONE", [])).toEqual({ field_code: "PHONE", values: null });
  });
});
