import { describe, expect, it } from "vitest";
import { compareVersions, guidOfRef, isShownAsLink, readLink, refOfGuid, writeInnerLink, writeOuterLink } from "../protocol.ts";

// Measured on a public reference: a v1 UUID of a plausible date.
const ref = "b762b13668d0905011eb76684b9f6867";
const guid = "4b9f6867-7668-11eb-b762-b13668d09050";

describe("a link of 1C", () => {
  it("names a GUID in another order", () => {
    expect(guidOfRef(ref)).toBe(guid);
    expect(refOfGuid(guid)).toBe(ref);
    expect(refOfGuid(`{${guid.toUpperCase()}}`)).toBe(ref);
    expect(guidOfRef(ref.slice(1))).toBeUndefined();
    expect(refOfGuid("qweqwe")).toBeUndefined();
  });

  it("is made of the address of its base and an inner part, and parted again", () => {
    const inner = writeInnerLink("Справочник.Контрагенты", guid) ?? "";
    expect(inner).toBe(`e1cib/data/Справочник.Контрагенты?ref=${ref}`);
    const read = { inner, type: "Справочник.Контрагенты", guid };
    expect(readLink(inner)).toEqual(read);
    for (const address of ["http://srv/base/", "e1c://server/cluster:1541/base", "http://srv/base/#old"])
      expect(readLink(writeOuterLink(address, inner))).toEqual(read);
    expect(writeOuterLink("e1c://server/cluster/base", inner)).toBe(`e1c://server/cluster/base#${inner}`);
  });

  it("may be encoded, may lack a reference, and may be none", () => {
    const encoded = `http://srv/base#e1cib/data/${encodeURIComponent("Справочник.Контрагенты")}?ref=${ref.toUpperCase()}`;
    expect(readLink(encoded)).toMatchObject({ type: "Справочник.Контрагенты", guid });
    expect(readLink("e1cib/data/%E0%A4?ref=1")).toMatchObject({ type: "%E0%A4", guid: undefined });
    for (const link of ["", "http://srv/base", "e1cib/list/x", "#e1cib/data/"]) expect(readLink(link)).toBeUndefined();
  });

  it("is shown as a link for three schemes only", () => {
    for (const link of ["http://srv/base#e1cib/data/x", "HTTPS://srv", "e1c://server/cluster/base#e1cib/data/Справочник.Контрагенты?ref=1"])
      expect(isShownAsLink(link)).toBe(true);
    for (const link of [
      "javascript:alert(1)",
      "e1cib/data/x",
      "file:///etc/passwd",
      "http:srv",
      "http://",
      'http://x"onclick=',
      "http://x\n",
      "data:text/html,x",
      "",
    ])
      expect(isShownAsLink(link)).toBe(false);
  });
});

describe("versions of handlers", () => {
  it("are equal as text, or compared as dotted numbers", () => {
    expect(compareVersions(3, "3")).toBe(0);
    expect(compareVersions("1.0", 1)).toBe(0);
    expect(compareVersions("1.10", "1.9")).toBe(1);
    expect(compareVersions(9, "10")).toBe(-1);
    expect(compareVersions("2024.1.1", "2024.1")).toBe(1);
    expect(compareVersions("99999999999999999999", "99999999999999999998")).toBe(1);
  });

  it("that are no numbers are equal or cannot be compared", () => {
    expect(compareVersions("УТ 11.4 сборка 3", " УТ 11.4 сборка 3 ")).toBe(0);
    expect(compareVersions("11.4-beta", "11.4")).toBeUndefined();
    expect(compareVersions("", "1")).toBeUndefined();
  });
});
