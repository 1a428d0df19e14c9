import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoginNeeded, Refused, type Telephony, Unavailable } from "../src/index.ts";

/** One PBX to try, with at least one account. */
export interface TelephonyOnTrial {
  readonly telephony: Telephony;
  /** An account that can be rung. */
  readonly account: string;
  /** How often the PBX has been asked to ring somebody. */
  rung(): number;
  /** The same PBX, reached with wrong credentials. */
  readonly stranger: Telephony;
  /** The same, at an address where nobody answers. */
  readonly lost: Telephony;
  close(): Promise<void>;
}

/** Every promise of the `Telephony` port, as one suite. */
export function telephonyContract(name: string, make: () => Promise<TelephonyOnTrial>): void {
  describe(`${name} keeps the promises of a PBX`, () => {
    let trial: TelephonyOnTrial;
    beforeAll(async () => {
      trial = await make();
    });
    afterAll(() => trial.close());
    const phone = "+79101234567";

    it("rings once for one call, and answers when ringing has been asked for", async () => {
      const before = trial.rung();
      const started = performance.now();
      const { call } = await trial.telephony.startCall({ account: trial.account, phone });
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(call === undefined || call.length > 0).toBe(true);
      expect(trial.rung()).toBe(before + 1);
    });

    it("refuses an account that is not there, in words", async () => {
      await expect(trial.telephony.startCall({ account: "nobody-of-that-name", phone })).rejects.toThrow(Refused);
    });

    it("lists its accounts, each once, with names", async () => {
      const users = await trial.telephony.users();
      expect(users.map(({ account }) => account)).toContain(trial.account);
      expect(new Set(users.map(({ account }) => account)).size).toBe(users.length);
    });

    it("says that a sign-in is needed when it does not let us in", async () => {
      await expect(trial.stranger.users()).rejects.toThrow(LoginNeeded);
      await expect(trial.stranger.startCall({ account: trial.account, phone })).rejects.toThrow(LoginNeeded);
    });

    it("says that it is not there when nobody answers", async () => {
      await expect(trial.lost.users()).rejects.toThrow(Unavailable);
      await expect(trial.lost.startCall({ account: trial.account, phone })).rejects.toThrow(Unavailable);
    });

    it("tells how to ask for a recording at its own address", () => {
      expect(trial.telephony.recording("https://records.example/1.mp3")).toMatchObject({
        method: "GET",
        url: "https://records.example/1.mp3",
      });
    });
  });
}
