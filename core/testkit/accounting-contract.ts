import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Accounting, Closed, type CompanyRecord, type ContactRecord, type DealRecord, LoginNeeded, Refused } from "../src/index.ts";

/** One accounting to try: it keeps everybody, and makes an order for a deal at the stage `ordered`. */
export interface AccountingOnTrial {
  readonly accounting: Accounting;
  readonly ordered: string;
  /** What it keeps of this record, and how often it was written; undefined when it keeps nothing. */
  client(kind: "contact" | "company", id: string): { readonly id: string; readonly name: string; readonly saved: number } | undefined;
  /** How many orders there really are for this deal. */
  orders(deal: string): number;
  /** From now on it is shut, does not let us in, refuses what it is told, loses the next answer after the work was done, or is well again. */
  be(how: "well" | "shut" | "strange" | "refusing" | "losing"): void;
  close(): Promise<void>;
}

/** Every promise of the `Accounting` port, as one suite. */
export function accountingContract(name: string, make: () => Promise<AccountingOnTrial>): void {
  describe(`${name} keeps the promises of an accounting`, () => {
    let trial: AccountingOnTrial;
    let count = 1_000;
    beforeAll(async () => {
      trial = await make();
    });
    afterAll(() => trial.close());

    const company = (rest: Partial<CompanyRecord> = {}): CompanyRecord => ({
      ...{ id: String(++count), name: "ООО Ромашка", phones: [], emails: [], inn: "7707083893", responsible: "1", fields: {} },
      ...rest,
    });
    const contact = (rest: Partial<ContactRecord> = {}): ContactRecord => ({
      ...{ id: String(++count), name: "Иванов Иван", phones: ["+79031234567"], emails: ["ivan@example.com"], responsible: "1", fields: {} },
      ...rest,
    });
    const deal = (rest: Partial<DealRecord> = {}): DealRecord => ({
      ...{ id: String(++count), name: "Заказ", pipeline: "1", stage: trial.ordered, state: "open", responsible: "1", fields: {} },
      ...rest,
    });

    it("makes a client, tells its id, and sends nothing while both hold the same", async () => {
      const record = company();
      const made = await trial.accounting.keepClient({ kind: "company", record });
      const there = trial.client("company", record.id);
      expect([made.what, made.id]).toEqual(["made", there?.id]);
      expect(await trial.accounting.keepClient({ kind: "company", record })).toMatchObject({ what: "same", id: there?.id });
      expect(trial.client("company", record.id)?.saved).toBe(1);
      expect(await trial.accounting.keepClient({ kind: "company", record: { ...record, name: "ООО Лютик" } })).toMatchObject({
        what: "updated",
        id: there?.id,
      });
      expect(trial.client("company", record.id)?.name).toBe("ООО Лютик");
    });

    it("tells a person from a company of the same number", async () => {
      const person = contact();
      const firm = company({ id: person.id });
      const [one, other] = [
        await trial.accounting.keepClient({ kind: "contact", record: person }),
        await trial.accounting.keepClient({ kind: "company", record: firm }),
      ];
      expect(one.id).not.toBe(other.id);
    });

    it("lets a company without a tax number wait, in words, and sends nothing", async () => {
      const { inn: _inn, ...record } = company();
      expect(await trial.accounting.keepClient({ kind: "company", record })).toEqual({ what: "waiting", why: expect.stringMatching(/\S/) });
      expect(trial.client("company", record.id)).toBeUndefined();
    });

    it("makes an order at its stage only, after its clients, and once", async () => {
      const clients = { contact: contact(), company: company() };
      const order = deal({ contact: clients.contact.id, company: clients.company.id });
      expect(await trial.accounting.keepOrder({ deal: { ...order, stage: "elsewhere" }, ...clients })).toEqual({ what: "unwanted" });
      const made = await trial.accounting.keepOrder({ deal: order, ...clients });
      expect([made.what, trial.orders(order.id)]).toEqual(["made", 1]);
      expect(made.id).toMatch(/\S/);
      for (const kind of ["contact", "company"] as const) expect(trial.client(kind, clients[kind].id)).toBeDefined();
      expect(await trial.accounting.keepOrder({ deal: order, ...clients })).toMatchObject({ what: "same", id: made.id });
      // Wherever its deal goes, an order that is there is kept up to date.
      const renamed = { ...order, stage: "elsewhere", name: "Другое имя" };
      expect(await trial.accounting.keepOrder({ deal: renamed, ...clients })).toMatchObject({ what: "updated", id: made.id });
      expect(trial.orders(order.id)).toBe(1);
    });

    it("lets an order for nobody wait, in words", async () => {
      expect(await trial.accounting.keepOrder({ deal: deal() })).toEqual({ what: "waiting", why: expect.stringMatching(/\S/) });
    });

    it("makes one order although the answer was lost", async () => {
      const client = company();
      const order = deal({ company: client.id });
      await trial.accounting.keepClient({ kind: "company", record: client });
      trial.be("losing");
      await expect(trial.accounting.keepOrder({ deal: order, company: client })).rejects.toThrow();
      trial.be("well");
      expect((await trial.accounting.keepOrder({ deal: order, company: client })).id).toMatch(/\S/);
      expect(trial.orders(order.id)).toBe(1);
    });

    it("tells the documents of a deal, and what they were while it is shut", async () => {
      const client = company();
      const order = deal({ company: client.id });
      await trial.accounting.keepOrder({ deal: order, company: client });
      const live = await trial.accounting.documents(order.id);
      expect(live?.items.length).toBeGreaterThan(0);
      expect(live?.why).toBeUndefined();
      trial.be("shut");
      expect(await trial.accounting.documents(order.id)).toEqual({ ...live, why: expect.stringMatching(/\S/) });
      expect(await trial.accounting.documents("987654")).toBeUndefined();
      trial.be("well");
      // One that does not let us in is left alone.
      expect(await trial.accounting.documents(order.id, { isLeftAlone: true })).toEqual({ ...live, why: expect.stringMatching(/\S/) });
      trial.be("well");
    });

    it("says that it is shut, that it does not let us in, or that it refuses, each by its own word", async () => {
      trial.be("shut");
      await expect(trial.accounting.keepClient({ kind: "company", record: company() })).rejects.toThrow(Closed);
      trial.be("strange");
      await expect(trial.accounting.keepClient({ kind: "company", record: company() })).rejects.toThrow(LoginNeeded);
      trial.be("refusing");
      await expect(trial.accounting.keepClient({ kind: "company", record: company() })).rejects.toThrow(Refused);
      trial.be("well");
    });

    it("wants to hear of clients and deals, and of nothing else", () => {
      const wants = (kind: "contact" | "company" | "deal" | "task" | "note" | "call") =>
        trial.accounting.wants({ kind, change: "changed" });
      expect((["contact", "company", "deal"] as const).every(wants)).toBe(true);
      expect((["task", "note", "call"] as const).some(wants)).toBe(false);
    });
  });
}
