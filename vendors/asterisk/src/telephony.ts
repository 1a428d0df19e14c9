import { randomUUID } from "node:crypto";
import { type Kit, LoginNeeded, Refused, type Telephony, type TelephonyUser, Unavailable } from "@svyazka/core";
import { outgoing } from "./call.ts";
import { type Ari, AriError, makeAri } from "./client.ts";
import { legName } from "./protocol.ts";
import { type Exchange, typedUsers } from "./settings.ts";

export const ariOf = ({ settings: { url, username, app }, secrets: { password } }: Exchange, kit: Kit): Ari =>
  makeAri({ url, username, password, app, send: kit.fetch });

/** An Asterisk as `Telephony`. What happens after a phone has been asked to ring is for the process that listens, which may be another one. */
export function telephonyOf(exchange: Exchange, kit: Kit): { telephony: Telephony; check(): Promise<void> } {
  const ari = ariOf(exchange, kit);
  return {
    telephony: {
      async startCall({ account, phone, line }) {
        const call = { id: randomUUID(), client: phone, startedAt: kit.now().toISOString(), ...(line !== undefined && { line }) };
        const { endpoint, ring_seconds: timeoutSeconds } = exchange.settings;
        const users = await inWords(() => usersOf(exchange, ari));
        if (!users.some((user) => user.account === account)) throw new Refused(`there is no account ${account}`);
        // Kept first: when the phone is taken up, whoever listens must know what for.
        await kit.store.put("call", call.id, outgoing(call, account), { at: kit.now() });
        try {
          await ari.originate({
            endpoint: endpoint.replaceAll("{account}", account),
            channelId: legName(call.id, account),
            appArgs: ["leg", call.id, account],
            callerId: phone,
            timeoutSeconds,
          });
        } catch (error) {
          await kit.store.remove("call", call.id);
          if (error instanceof AriError && error.status === 500)
            throw new Refused(`the phone of ${account} is not registered`, { cause: error });
          return rethrow(error);
        }
        return { call: call.id };
      },
      users: () => inWords(() => usersOf(exchange, ari)),
      // Asterisk serves its recordings to whoever has the password; it is shown to Asterisk alone.
      recording: (url) => ({
        method: "GET",
        url,
        ...(url.startsWith(ari.recordingUrl("").replace(/\/file$/, "")) && { headers: ari.headers }),
      }),
    },
    async check() {
      await inWords(() => ari.info());
      await inWords(() => usersOf(exchange, ari));
    },
  };
}

/** Those a person typed in, or all endpoints of pjsip.conf that look like extensions. */
export async function usersOf(exchange: Exchange, ari: Ari): Promise<TelephonyUser[]> {
  const typed = typedUsers(exchange);
  const endpoints = await ari.endpoints();
  if (typed.length > 0) return typed;
  return endpoints
    .filter(({ resource }) => /^\d{2,6}$/.test(resource))
    .map(({ resource }) => ({ account: resource, name: resource, extension: resource }));
}

const inWords = <T>(work: () => Promise<T>): Promise<T> => work().catch(rethrow);

/** What Asterisk said, in the words of a port. */
function rethrow(error: unknown): never {
  if (!(error instanceof AriError)) throw error;
  if (error.status === 401 || error.status === 403) throw new LoginNeeded(`Asterisk does not let us in: ${error.message}`);
  if (error.status === 404) throw new Refused(`there is no ARI at this address, or no such application: ${error.message}`);
  if (error.status < 500) throw new Refused(`Asterisk says no: ${error.message}`);
  throw new Unavailable(`Asterisk is in trouble: ${error.message}`);
}
