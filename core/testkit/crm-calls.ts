import { expect, it } from "vitest";
import type { CallDraft, Crm, Phone, RecordId } from "../src/index.ts";

export interface CallsOnTrial {
  crm(): Crm;
  user(): RecordId;
  key(): string;
  phone(): Phone & { readonly e164: string };
}

/** What the `Crm` port promises of calls. */
export function callPromises({ crm, user, key, phone }: CallsOnTrial): void {
  const draft = (rest: Partial<CallDraft> = {}): CallDraft => ({ key: key(), direction: "in", client: phone(), state: "ringing", ...rest });

  it("keeps one call however often and in whatever order it is told", async () => {
    const ringing = draft({ employee: { account: "ivan", user: user() }, startedAt: new Date("2026-03-02T10:00:00Z") });
    const over: CallDraft = {
      ...ringing,
      state: "over",
      outcome: "answered",
      talkSeconds: 61,
      recordings: [{ url: "https://records.example/1" }],
    };
    const first = await crm().saveCall(over);
    expect(first).toMatchObject({ isOver: true, outcome: "answered", user: user(), client: { e164: ringing.client.e164 } });
    for (const again of [ringing, over, { ...ringing, state: "talking" } as const]) expect(await crm().saveCall(again)).toEqual(first);
    expect(await crm().findCall(ringing.key)).toEqual(first);
  });

  it("is one call for tellings that come at the same moment", async () => {
    const ringing = draft();
    const saved = await Promise.all(
      (["ringing", "talking", "over", "ringing", "over"] as const).map((state) => crm().saveCall({ ...ringing, state })),
    );
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    expect(await crm().findCall(ringing.key)).toMatchObject({ isOver: true, outcome: "answered" });
  });

  it("never takes an answer back", async () => {
    const talking = draft({ state: "talking" });
    await crm().saveCall(talking);
    expect(await crm().saveCall({ ...talking, state: "over", outcome: "missed" })).toMatchObject({ outcome: "answered" });
  });

  it("ties a call to its contact and deal, once they are known", async () => {
    const ringing = draft();
    expect(await crm().saveCall(ringing)).not.toHaveProperty("contact");
    const contact = await crm().saveContact({ key: key(), name: "Анна", phones: [ringing.client], emails: [] });
    const deal = await crm().saveDeal({ key: key(), contact: contact.id });
    const tied = { contact: contact.id, deal: deal.id };
    expect(await crm().saveCall({ ...ringing, ...tied, state: "over" })).toMatchObject(tied);
    expect(await crm().saveCall(ringing)).toMatchObject(tied);
  });

  it("keeps a call whose employee, contact or deal is not there", async () => {
    const saved = await crm().saveCall(
      draft({ employee: { account: "ivan", user: "987654321" }, contact: "987654321", deal: "987654321" }),
    );
    expect(saved).not.toHaveProperty("user");
    expect(saved).not.toHaveProperty("contact");
  });

  it("knows whether somebody has spoken with that number since", async () => {
    const missed = draft({ state: "over", outcome: "missed", startedAt: new Date("2026-03-02T10:00:00Z") });
    expect(await crm().saveCall(missed)).toMatchObject({ isReturned: false });
    const other = { ...missed, key: key(), direction: "out" as const };
    await crm().saveCall({ ...other, outcome: "busy", startedAt: new Date("2026-03-02T10:05:00Z") });
    await crm().saveCall({ ...other, key: key(), outcome: "answered", startedAt: new Date("2026-03-02T09:00:00Z") });
    expect(await crm().findCall(missed.key)).toMatchObject({ isReturned: false });
    await crm().saveCall({ ...other, key: key(), outcome: "answered", startedAt: new Date("2026-03-02T10:10:00Z") });
    expect(await crm().findCall(missed.key)).toMatchObject({ isReturned: true });
  });

  it("keeps calls of nobody's number", async () => {
    expect(await crm().saveCall(draft({ client: { typed: "anonymous" }, state: "over" }))).toMatchObject({
      client: { typed: "anonymous" },
      outcome: "missed",
    });
    expect(await crm().findCall(key())).toBeUndefined();
  });

  it("closes the open tasks of a mark that are about an earlier moment, once", async () => {
    const mark = key();
    const contact = await crm().saveContact({ key: key(), phones: [phone()], emails: [] });
    const task = () =>
      crm().addEntry({
        kind: "task",
        key: key(),
        on: { contact: contact.id },
        title: "Перезвонить",
        mark: { name: mark, at: "2026-03-02T10:00:00Z" },
      });
    await task();
    await task();
    expect(await crm().closeTasks({ mark, before: new Date("2026-03-02T10:00:00Z") }, "—")).toBe(0);
    const before = new Date("2026-03-02T10:00:01Z");
    expect(await crm().closeTasks({ mark: key(), before }, "—")).toBe(0);
    expect(await crm().closeTasks({ mark, before }, "Дозвонились")).toBe(2);
    expect(await crm().closeTasks({ mark, before }, "Дозвонились")).toBe(0);
  });
}
