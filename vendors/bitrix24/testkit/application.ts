import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { localFetch } from "../../../server/testkit/database-kit.ts";
import { type Bitrix24Standin, startBitrix24 } from "../src/standin.ts";
import { type OpenDoor, openDoor } from "./door.ts";
import { asApplication } from "./portal.ts";

/** A portal and the hub's door beside it, for an application that nobody has let in yet. */
export interface ApplicationBench {
  readonly standin: Bitrix24Standin;
  readonly kit: MemoryKit;
  readonly door: OpenDoor;
  /** How often the connection was said to be well again. */
  resumed(): number;
  /** Lets so many milliseconds pass. */
  wait(milliseconds: number): void;
  stop(): Promise<void>;
}

export async function openApplicationBench(): Promise<ApplicationBench> {
  const standin = await startBitrix24();
  let resumed = 0;
  let later = 0;
  const kit = memoryKit({
    now: () => new Date(Date.now() + later),
    fetch: localFetch,
    publicUrl: () => door.url,
    resume: async () => void resumed++,
  });
  const door: OpenDoor = await openDoor(asApplication(standin), kit);
  return {
    ...{ standin, kit, door },
    resumed: () => resumed,
    wait: (milliseconds) => {
      later += milliseconds;
    },
    stop: async () => {
      await standin.stop();
      await door.stop();
    },
  };
}
