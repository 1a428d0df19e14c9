import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Kit } from "@svyazka/core";
import type { Vault } from "../api/tokens.ts";
import { accessSeconds, codeSeconds, refreshSeconds, writeJwt } from "../protocol.ts";
import type { Integration } from "../settings.ts";

/** Codes, tokens and what they belong to. Codes and refresh tokens are kept by their hashes, and are good once. */

interface Kept {
  readonly user: number;
  /** One consent, with all that followed from it. */
  readonly grant: string;
  /** Unix seconds. */
  readonly until: number;
}

/** What one consent has given. */
interface Grant {
  readonly user: number;
  readonly at: string;
  /** Access tokens that may still be good, to be closed when it ends. */
  readonly open: readonly { readonly token: string; readonly until: number }[];
  readonly refresh?: string;
}

const hash = (secret: string): string => createHash("sha256").update(secret).digest("hex");
const secret = (bytes: number): string => `def502${randomBytes(bytes).toString("hex")}`;
const days = (seconds: number): number => Math.ceil(seconds / 86_400) + 1;
/** Grants that nobody renews are forgotten after this. */
const grantDays = 366 * 5;

export interface Grants extends Vault {
  /** What a person's consent gives: good for 20 minutes, once. */
  code(user: number): Promise<string>;
  /** A token for so many days, without a refresh token. */
  longLived(user: number, days: number): Promise<string>;
  list(): Promise<{ readonly id: string; readonly user: number; readonly at: string }[]>;
  /** Ends a grant: none of its tokens is good from now on. Whether there was one. */
  revoke(id: string): Promise<boolean>;
}

export function grantsOf({ secrets, settings, workspace }: Integration, kit: Kit): Grants {
  const now = (): number => Math.floor(kit.now().getTime() / 1000);
  const clientId = secrets.client_id ?? "";

  async function issue(user: number, grant: string, life: number): Promise<string> {
    const at = now();
    const host = URL.parse(kit.publicUrl())?.host ?? "localhost";
    const token = writeJwt(
      {
        ...{ aud: clientId, jti: randomUUID(), iat: at, nbf: at, exp: at + life, sub: String(user), version: 2 },
        ...{ account_id: workspace.id as number, base_domain: host, api_domain: host, scopes: ["crm", "notifications"] },
      },
      secrets.client_secret ?? "",
    );
    await kit.openDoor(token, life);
    await remember(grant, (before) => ({
      ...(before ?? { user, at: kit.now().toISOString() }),
      open: [...(before?.open ?? []).filter(({ until }) => until > at), { token, until: at + life }],
    }));
    return token;
  }

  const remember = async (id: string, change: (before: Grant | undefined) => Grant): Promise<void> =>
    kit.store.put("grant", id, change(await kit.store.get<Grant>("grant", id)), { days: grantDays });

  return {
    credentials: { clientId, clientSecret: secrets.client_secret ?? "", redirectUri: settings.redirect_uri ?? "" },
    async exchange(kind, shown) {
      const found = await kit.store.take<Kept>(kind, hash(shown));
      if (!found || found.until <= now()) return undefined;
      const { user, grant } = found;
      // It may have been ended while this one was on its way.
      if (kind === "refresh" && (await kit.store.get("grant", grant)) === undefined) return undefined;
      const refresh_token = secret(80);
      const next: Kept = { user, grant, until: now() + refreshSeconds };
      await kit.store.put("refresh", hash(refresh_token), next, { days: days(refreshSeconds) });
      const access_token = await issue(user, grant, accessSeconds);
      await remember(grant, (before) => ({ ...(before ?? { user, at: "", open: [] }), refresh: hash(refresh_token) }));
      return { expires_in: accessSeconds, access_token, refresh_token };
    },
    async code(user) {
      const code = secret(40);
      const kept: Kept = { user, grant: randomUUID(), until: now() + codeSeconds };
      await kit.store.put("code", hash(code), kept, { days: 1 });
      return code;
    },
    longLived: (user, life) => issue(user, randomUUID(), life * 86_400),
    list: async () => (await kit.store.list<Grant>("grant")).map(({ id, value: { user, at } }) => ({ id, user, at })),
    async revoke(id) {
      const grant = await kit.store.take<Grant>("grant", id);
      if (!grant) return false;
      if (grant.refresh !== undefined) await kit.store.remove("refresh", grant.refresh);
      for (const { token } of grant.open) await kit.closeDoor(token);
      return true;
    },
  };
}
