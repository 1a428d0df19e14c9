import type { WorkspaceId } from "@svyazka/core";
import { afterAll, expect, it } from "vitest";
import { testDatabase } from "../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const sql = test.database.in(7 as WorkspaceId);

it("lets many transactions at once ask something beside themselves: none waits for another that waits for it", async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, number) =>
      sql.transaction(async (within) => {
        await within.query({ text: "select pg_sleep(0.01)" });
        const [general] = await sql.query<{ number: number }>({ text: "select $1::int as number", values: [number] });
        const [hot] = await sql.query<{ number: number }>({ name: "a-number", text: "select $1::int as number", values: [number] });
        return [general?.number, hot?.number];
      }),
    ),
  );
  expect(answers).toEqual(Array.from({ length: 40 }, (_, number) => [number, number]));
});
