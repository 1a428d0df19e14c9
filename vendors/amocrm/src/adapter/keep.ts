import { type Kit, type Load, LoginNeeded, type StopSignal } from "@svyazka/core";
import { AmoForbidden, AmoInvalid } from "../client.ts";
import { asking } from "../port-errors.ts";
import type { Integration as Account } from "../settings.ts";
import { hookPath } from "./amo.ts";
import type { Ground } from "./ground.ts";
import { subscribe } from "./hooks.ts";
import { enterCode } from "./sign-in.ts";

const roundMs = 600_000;

/**
 * What is kept going for an account, by one process at a time: the first filling of the address book, the subscription to webhooks, and the tokens, which are
 * renewed long before their end although nobody asks for anything. Changes that no webhook told of are polled for elsewhere.
 */
export async function keep(ground: Ground, load: Load, signal: StopSignal): Promise<void> {
  const { amo, kit, account } = ground;
  await asking(async () => {
    await enterCode(account, amo, kit);
    await keepSubscribed(ground);
    await kit.resume();
    await load.run(signal);
    while (!signal.aborted) {
      await pause(roundMs, signal);
      if (signal.aborted) return;
      // Also renews a token that is near its end.
      await keepSubscribed(ground);
      await kit.resume();
    }
  });
}

/** Who may not subscribe (no administrator, too many subscriptions, a tariff without) is told of changes by polling alone. */
async function keepSubscribed({ amo, kit, account }: Ground): Promise<void> {
  try {
    await subscribe(amo, hookUrl(account, kit));
  } catch (error) {
    const isRefused = (error instanceof AmoForbidden && error.bannedForSeconds === undefined) || error instanceof AmoInvalid;
    if (!isRefused) throw error;
    await amo.account.get();
  }
}

export const hookUrl = ({ secrets }: Account, kit: Pick<Kit, "publicUrl">): string =>
  `${kit.publicUrl()}/in/${secrets.hook_secret}${hookPath}`;

const pause = (ms: number, signal: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Whether anybody has let us in yet. */
export function mustBeSignedIn({ settings, secrets }: Account): void {
  if (settings.sign_in === "token" && !secrets.long_lived_token) throw new LoginNeeded("enter the long-lived token of the integration");
  if (settings.sign_in === "oauth" && !(settings.integration_id && secrets.integration_secret))
    throw new LoginNeeded("enter the id and the secret key of the integration");
}
