import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { dumpSchema } from "../../../tools/dump-schema.ts";
import { testDatabase } from "../../testkit/database.ts";
import { writeEnvExample } from "../config.ts";

const test = await testDatabase();
afterAll(() => test.close());

it("server/schema.sql is what the migrations make (npm run dump-schema)", async () => {
  expect(await dumpSchema(test.owner)).toBe(readFileSync(new URL("../../schema.sql", import.meta.url), "utf8"));
});

it(".env.example is what the configuration reads (npm run write-env-example)", () => {
  expect(writeEnvExample()).toBe(readFileSync(new URL("../../../.env.example", import.meta.url), "utf8"));
});
