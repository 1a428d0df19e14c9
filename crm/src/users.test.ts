import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testDatabase } from "../../server/testkit/database.ts";
import { createDefaults } from "./defaults.ts";
import { createUser, findSignIn, getUser, listUsers, updateUser } from "./users.ts";

const test = await testDatabase();
afterAll(() => test.close());
const sql = test.database.in(1 as WorkspaceId);
beforeAll(() => createDefaults(sql, { language: "ru", currency: "RUB" }));

it("keeps a person, and changes only what is given", async () => {
  const anna = await createUser(sql, {
    name: "Анна",
    email: "Anna@Example.com",
    role: "manager",
    recordAccess: "own",
    passwordHash: "secret",
  });
  expect(anna).toMatchObject({ name: "Анна", email: "Anna@Example.com", role: "manager", recordAccess: "own", active: true, group: null });
  expect(anna).not.toHaveProperty("passwordHash");
  const renamed = await updateUser(sql, anna.id, { name: "Анна П." });
  expect(renamed).toMatchObject({ name: "Анна П.", email: "Anna@Example.com", recordAccess: "own" });
  expect(await findSignIn(sql, "anna@example.COM")).toMatchObject({ id: anna.id, passwordHash: "secret" });
  expect((await listUsers(sql)).map((user) => user.name)).toEqual(["Анна П."]);
});

it("names the field when an e-mail is taken or a group is unknown", async () => {
  await createUser(sql, { name: "Борис", email: "boris@example.com", role: "manager" });
  await expect(createUser(sql, { name: "Другой", email: "BORIS@example.com", role: "manager" })).rejects.toMatchObject({
    fields: { email: ["somebody else has this e-mail"] },
  });
  await expect(createUser(sql, { name: "Другой", role: "manager", group: 77777 })).rejects.toMatchObject({
    fields: { group: ["there is no such group"] },
  });
});

it("shows nobody of another workspace", async () => {
  const other = test.database.in(2 as WorkspaceId);
  const [first] = await listUsers(sql);
  await expect(getUser(other, first?.id ?? 0)).rejects.toThrow("there is no user");
  expect(await listUsers(other)).toEqual([]);
});
