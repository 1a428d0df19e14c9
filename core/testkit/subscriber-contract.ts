import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChangedRecord, Gone, type Subscriber, Unavailable } from "../src/index.ts";

/** One who is told of changes, to try. */
export interface SubscriberOnTrial {
  readonly subscriber: Subscriber;
  /** What reached the other side: the id it was told under. */
  heard(): readonly string[];
  /** From now on the other side fails, wants nothing more, or is well again. */
  be(how: "well" | "failing" | "gone"): void;
  /** The same, at an address where nobody answers. */
  readonly lost: Subscriber;
  close(): Promise<void>;
}

const change: ChangedRecord = {
  kind: "deal",
  id: "15",
  change: "changed",
  at: "2026-03-02T10:00:00.000Z",
  by: "user:1",
  record: { id: 15 },
};

/** Every promise of the `Subscriber` port, as one suite. */
export function subscriberContract(name: string, make: () => Promise<SubscriberOnTrial>): void {
  describe(`${name} keeps the promises of a subscriber`, () => {
    let trial: SubscriberOnTrial;
    beforeAll(async () => {
      trial = await make();
    });
    afterAll(() => trial.close());

    it("is told, and told again under the same id", async () => {
      await trial.subscriber.tell({ id: "0190-a", change });
      await trial.subscriber.tell({ id: "0190-a", change });
      await trial.subscriber.tell({ id: "0190-b", change });
      const [first, again, other] = trial.heard();
      expect(again).toBe(first);
      expect(other).not.toBe(first);
    });

    it("that fails is unavailable, and told when it is well again", async () => {
      trial.be("failing");
      await expect(trial.subscriber.tell({ id: "0190-c", change })).rejects.toThrow(Unavailable);
      trial.be("well");
      await trial.subscriber.tell({ id: "0190-c", change });
    });

    it("that is nowhere is unavailable", async () => {
      await expect(trial.lost.tell({ id: "0190-d", change })).rejects.toThrow(Unavailable);
    });

    it("that wants nothing more is gone", async () => {
      trial.be("gone");
      await expect(trial.subscriber.tell({ id: "0190-e", change })).rejects.toThrow(Gone);
    });
  });
}
