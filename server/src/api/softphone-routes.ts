import * as contract from "@svyazka/contract";
import { getUser } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { findSoftphone, removeSoftphone, saveSoftphone } from "../people/softphone.ts";
import { type Implementation, implement } from "./implement.ts";
import { ApiError } from "./problems.ts";
import { personOf } from "./session-routes.ts";

/** Phones in browsers. A password is told to its owner's own session, and to nobody else. */
export function softphoneRoutes({ keys }: Hub): readonly Implementation[] {
  return [
    implement(contract.getOwnSoftphone, async ({ caller, sql }) => {
      const found = caller.userId === undefined ? undefined : await findSoftphone(sql, keys, caller.userId);
      return { softphone: found ? { ...found.softphone, password: found.password } : null };
    }),

    implement(contract.setOwnSoftphone, async ({ body, caller, sql }) => {
      const user = personOf(caller, "phone in a browser");
      await saveSoftphone(sql, keys, user, body);
      const found = await findSoftphone(sql, keys, user);
      if (!found) throw new ApiError(409, "Somebody else took this phone away at the same moment");
      return { softphone: { ...found.softphone, password: found.password } };
    }),

    implement(contract.removeOwnSoftphone, async ({ caller, sql }) => {
      await removeSoftphone(sql, personOf(caller, "phone in a browser"));
      return undefined;
    }),

    implement(contract.getSoftphone, async ({ params, sql }) => {
      await getUser(sql, params.id);
      const found = await findSoftphone(sql, keys, params.id);
      return { softphone: found ? { ...found.softphone, has_password: found.password !== null } : null };
    }),

    implement(contract.setSoftphone, async ({ params, body, sql }) => {
      await getUser(sql, params.id);
      await saveSoftphone(sql, keys, params.id, body);
      const found = await findSoftphone(sql, keys, params.id);
      if (!found) throw new ApiError(409, "Somebody else took this phone away at the same moment");
      return { softphone: { ...found.softphone, has_password: found.password !== null } };
    }),
  ];
}
