import type { AnyFlow, AnyVendor, WorkspaceId } from "@svyazka/core";
import type { Config } from "./config.ts";
import type { Registry } from "./connections/registry.ts";
import type { KeyRing } from "./connections/secrets.ts";
import type { Bus } from "./db/bus.ts";
import type { Pool } from "./db/pool.ts";
import type { Jobs } from "./delivery/jobs.ts";
import type { Ledger } from "./delivery/ledger.ts";
import type { Logger } from "./log.ts";
import type { SignIn } from "./people/sign-in.ts";

/** What the parts of one process share. */
export interface Hub {
  readonly config: Config;
  readonly log: Logger;
  readonly pool: Pool;
  readonly bus: Bus;
  readonly keys: KeyRing;
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly vendors: ReadonlyMap<string, AnyVendor>;
  readonly flows: ReadonlyMap<string, AnyFlow>;
  /** Knows people by their passwords, and who tries too often. */
  readonly signIn: SignIn;
  readonly databaseKind: "embedded" | "external";
  /** How people and other programs reach this hub, without a slash at the end. */
  publicUrl(): string;
  /** There is work in this workspace: every process hears of it. */
  wake(workspace: WorkspaceId): void;
}
