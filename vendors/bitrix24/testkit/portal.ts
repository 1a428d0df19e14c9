import type { Connection, ConnectionId, Kit } from "@svyazka/core";
import { emptyDirectory } from "@svyazka/core";
import { romashka } from "../../../server/testkit/database-kit.ts";
import { tokensIn } from "../src/adapter/portal.ts";
import type { Tokens } from "../src/client.ts";
import type { PortalConnection, settings } from "../src/settings.ts";
import type { Bitrix24Standin } from "../src/standin.ts";

type Values = Partial<Connection<typeof settings>["settings"]>;

const plain = {
  ...{ sign_in: "webhook", plan: "box", new_as: "auto", offline_events: false, call_card: true },
  ...{ open_lines: false, line_queue: [], auth_server: "https://oauth.bitrix24.tech" },
} as const;

const connectionWith = (values: Values, secrets: Readonly<Record<string, string>>): PortalConnection => ({
  ...{ id: 1 as ConnectionId, name: "Битрикс24", workspace: romashka, directory: emptyDirectory },
  ...{ fieldMapping: {}, userMapping: {}, stageMapping: {} },
  settings: { ...plain, ...values } as never,
  secrets: { hook_secret: "hooksecret", event_secret: "eventsecret", ...secrets } as never,
});

/** A connection by the stand-in's webhook. */
export const byWebhook = (standin: Pick<Bitrix24Standin, "url" | "webhook">, values: Values = {}): PortalConnection =>
  connectionWith({ domain: standin.url, ...values }, { webhook: standin.webhook });

/** A connection as its local application; it is let in by `letApplicationIn`. */
export const asApplication = ({ url, app }: Pick<Bitrix24Standin, "url" | "app">, values: Values = {}): PortalConnection =>
  connectionWith(
    { domain: url, sign_in: "application", client_id: app.clientId, auth_server: url, ...values },
    { client_secret: app.clientSecret },
  );

/** As after somebody has opened the application in the portal. */
export async function letApplicationIn(
  standin: Pick<Bitrix24Standin, "url" | "memberId" | "tokens">,
  kit: Pick<Kit, "store" | "exclusively">,
): Promise<void> {
  const { access_token, refresh_token } = standin.tokens();
  const tokens: Tokens = {
    ...{ accessToken: access_token, refreshToken: refresh_token, base: `${standin.url}/rest/`, server: standin.url },
    memberId: standin.memberId,
  };
  await tokensIn(kit).exclusively((_, save) => save(tokens));
}
