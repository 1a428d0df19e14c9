import * as contract from "@svyazka/contract";
import type { ChannelSignIn } from "@svyazka/core";
import { Invalid, type Sql } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { channelHealth } from "../operation/channel-health.ts";
import { type Implementation, implement } from "./implement.ts";
import { findLive } from "./live-connection.ts";
import { ApiError } from "./problems.ts";

/** Accounts of messengers: how they are, and how a phone signs them in. */
export function accountRoutes(hub: Hub): readonly Implementation[] {
  async function signInOf(sql: Sql, id: number): Promise<ChannelSignIn> {
    const live = await findLive(hub, sql, id);
    const { signIn } = live.connected();
    if (!signIn) throw new Invalid({ id: [`${live.row.name} has no account that a phone signs in`] });
    return signIn;
  }

  return [
    implement(contract.getChannelAccount, async ({ params, sql }) => shown(await signInOf(sql, params.id))),

    implement(contract.restartChannelAccount, async ({ params, sql }) => {
      const signIn = await signInOf(sql, params.id);
      await inTheirWords(() => signIn.restart());
      return shown(signIn);
    }),

    implement(contract.signOutChannelAccount, async ({ params, sql }) => {
      const signIn = await signInOf(sql, params.id);
      if (!signIn.signOut) throw new Invalid({ id: ["this account cannot be signed out from here"] });
      await inTheirWords(async () => signIn.signOut?.());
      return shown(signIn);
    }),

    implement(contract.getChannelHealth, async ({ params, sql }) => {
      const live = await findLive(hub, sql, params.id);
      if (!live.connected().messenger) throw new Invalid({ id: [`${live.row.name} carries no messages`] });
      return channelHealth(sql, params.id);
    }),
  ];
}

const shown = (signIn: ChannelSignIn) =>
  inTheirWords(async () => {
    const { state, detail, phone, name } = await signIn.state();
    const picture = state === "needs_qr" ? await signIn.picture() : undefined;
    return {
      ...{ state, detail: detail ?? null, phone: phone ?? null, name: name ?? null },
      ...{ picture: picture ?? null, signs_out: signIn.signOut !== undefined },
    };
  });

async function inTheirWords<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof Invalid ? error : new ApiError(502, error instanceof Error ? error.message : String(error));
  }
}
