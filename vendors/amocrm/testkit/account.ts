import type { Connection, ConnectionId } from "@svyazka/core";
import { emptyDirectory } from "@svyazka/core";
import { romashka } from "../../../server/testkit/database-kit.ts";
import type { settings } from "../src/settings.ts";

/** A connection to an account at this address, with a long-lived token. */
export function accountAt(
  domain: string,
  token: string,
  rest: Partial<Connection<typeof settings>["settings"]> = {},
): Connection<typeof settings> {
  return {
    ...{ id: 1 as ConnectionId, name: "amoCRM", workspace: romashka, directory: emptyDirectory },
    ...{ fieldMapping: {}, userMapping: {}, stageMapping: {} },
    settings: {
      side: "account",
      domain,
      sign_in: "token",
      leads_as: "deals",
      requests_per_second: 0,
      events: [],
      sort: 0,
      created_by: 0,
      ...rest,
    } as never,
    secrets: { long_lived_token: token, hook_secret: "hooksecret" } as never,
  };
}
