import { readFileSync } from "node:fs";

const folder = new URL("../fixtures/", import.meta.url);

export const fixtureText = (name: string): string => readFileSync(new URL(name, folder), "utf8");

export const fixture = (name: string): unknown => JSON.parse(fixtureText(name));

/** As the document prints it: with comments and commas before brackets. */
export const looseFixture = (name: string): unknown =>
  JSON.parse(
    fixtureText(name)
      .replaceAll(/^\s*\/\/.*$/gm, "")
      .replaceAll(/,(\s*[}\]])/g, "$1"),
  );
