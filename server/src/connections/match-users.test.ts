import type { DirectoryUser, TelephonyUser } from "@svyazka/core";
import { expect, it } from "vitest";
import { matchUsers } from "./match-users.ts";

const users: DirectoryUser[] = [
  { id: "1", name: "Иван Петров", email: "Ivan@Example.com", active: true },
  { id: "2", name: "Пётр Иванов", phone: "+79101234567", active: true },
  { id: "3", name: "Анна Королёва", active: true },
  { id: "4", name: "Анна Уволенная", email: "anna@example.com", active: false },
];
const account = (name: string, rest: Partial<TelephonyUser> = {}): TelephonyUser => ({ account: name, name: "", ...rest });
const match = (accounts: readonly TelephonyUser[], mapped = {}) =>
  matchUsers(accounts, users, mapped).map(({ account, user, by }) => [account, user.id, by]);

it("matches by e-mail, by direct number and by the words of a name", () => {
  expect(
    match([account("a", { email: "ivan@example.com" }), account("b", { phone: "89101234567" }), account("c", { name: "Королева  Анна" })]),
  ).toEqual([
    ["a", "1", "email"],
    ["b", "2", "phone"],
    ["c", "3", "name"],
  ]);
});

it("matches nobody twice, nobody who has left, nobody who is mapped, and never guesses between two", () => {
  expect(match([account("a", { email: "anna@example.com" })])).toEqual([]);
  expect(match([account("a", { name: "Анна Королёва" }), account("b", { name: "анна королева" })])).toEqual([]);
  expect(match([account("a", { email: "ivan@example.com" })], { b: "1" })).toEqual([]);
  expect(match([account("a", { email: "ivan@example.com" })], { a: "3" })).toEqual([]);
});
