import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { Kit } from "@svyazka/core";

/** A CRM that has logged in, or whose address a person typed in. */
export interface AttachedCrm {
  /** What the CRM calls itself; a second login under the same name replaces the first. */
  readonly code: string;
  /** Every push goes there. */
  readonly url: string;
  /** What we show it. */
  readonly crmToken: string;
  /** What it shows us. */
  readonly token: string;
  /** The CRM maps users: `user` is an account of ours. Otherwise it is one of its own users. */
  readonly selfMap: boolean;
  /** Account → user of that CRM, when we map. */
  readonly users: Readonly<Record<string, string>>;
}

/** How long the token of the login before stays valid (the documents do not say: long enough for requests on their way). */
const graceSeconds = 600;

/** The CRMs attached to one PBX, kept with its connection. */
export const attachedCrms = ({ store, openDoor }: Pick<Kit, "store" | "openDoor">) => ({
  async all(): Promise<readonly AttachedCrm[]> {
    return (await store.list<AttachedCrm>("crm")).map(({ value }) => value);
  },

  /** Whose token this is: the one given out last, or for a while the one before. */
  async withToken(token: string): Promise<AttachedCrm | undefined> {
    for (const { value } of await store.list<AttachedCrm>("crm")) if (sameText(value.token, token)) return value;
    const before = await store.get<{ code: string; until: number }>("token before", digest(token));
    return before && before.until > Date.now() ? store.get<AttachedCrm>("crm", before.code) : undefined;
  },

  /** Gives out a new token. */
  async attach(crm: Omit<AttachedCrm, "token">): Promise<AttachedCrm> {
    const before = await store.get<AttachedCrm>("crm", crm.code);
    const attached = { ...crm, token: randomUUID() };
    await openDoor(attached.token);
    await store.put("crm", crm.code, attached);
    if (before) {
      await store.put("token before", digest(before.token), { code: crm.code, until: Date.now() + graceSeconds * 1000 }, { days: 1 });
      await openDoor(before.token, graceSeconds);
    }
    return attached;
  },

  async mapUsers(code: string, users: Readonly<Record<string, string>>): Promise<void> {
    const known = await store.get<AttachedCrm>("crm", code);
    if (known) await store.put("crm", code, { ...known, users });
  },
});

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** In a time that tells nothing about where two texts differ. */
export const sameText = (one: string, other: string): boolean =>
  timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
