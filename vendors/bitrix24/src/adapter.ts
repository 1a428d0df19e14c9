import type { Connected, DoorProblem, InboundRequest, Kit, Received, Reply, Vendor } from "@svyazka/core";
import { bodyText } from "./adapter/body-text.ts";
import { connectPortal, listenToPortal, pollPortal } from "./adapter/connection.ts";
import { receiveEvent } from "./adapter/hooks.ts";
import { appPath, consentLink, receiveApp, receiveSignedIn, signedInPath } from "./adapter/pages.ts";
import { pasteOf } from "./adapter/paste.ts";
import { originOf } from "./adapter/portal.ts";
import { hookPath } from "./adapter/subscribe.ts";
import { secretsIn } from "./protocol.ts";
import { type PortalConnection, settings } from "./settings.ts";

/** Bitrix24, in the cloud and in a box: a portal is a CRM that we write to. */
export const bitrix24: Vendor<typeof settings> = {
  id: "bitrix24",
  title: { ru: "Битрикс24", en: "Bitrix24" },
  about: {
    ru: "Заявки, звонки и переписка попадают в ваш портал Битрикс24, облачный или коробочный.",
    en: "Leads, calls and conversations go to your portal of Bitrix24, in the cloud or in a box.",
  },
  ports: ["crm", "callDesk", "phoneBook", "follower", "chatDesk"],
  tells: ["record.told", "message.written"],
  crmDoor: {
    hostOf: ({ domain }) => (typeof domain === "string" ? URL.parse(originOf(domain))?.host : undefined),
    settingsFor: (host, token) => ({ domain: host, sign_in: "webhook", webhook: token }),
  },
  settings,
  // The portal's bucket drains by its own clock, a request in fifty is left to that; and it is one for all of our connections to it.
  pace({ plan, domain }) {
    if (plan === "box") return undefined;
    const of = URL.parse(originOf(domain))?.host ?? domain;
    return plan === "enterprise" ? { perSecond: 4.9, burst: 245, of } : { perSecond: 1.96, burst: 49, of };
  },
  door: {
    routes: [
      { methods: ["POST"], path: hookPath, inboundOnly: true },
      { methods: ["GET", "POST"], path: appPath, inboundOnly: true },
      { methods: ["GET"], path: signedInPath, inboundOnly: true },
    ],
    bodyLimit: 2_097_152,
    token: () => undefined,
    secrets: (request) =>
      [...tokenNames, "code"]
        .flatMap((name) => [request.form[name] ?? "", request.query[name] ?? ""])
        .concat(secretsIn(bodyText(request)))
        .filter((value) => value !== ""),
    refuse,
  },

  receive(request: InboundRequest, connection: PortalConnection, now: Date): Received {
    if (request.path === appPath) return receiveApp(request, connection);
    return request.path === signedInPath ? receiveSignedIn(request, connection) : receiveEvent(request, connection, now);
  },

  listen: listenToPortal,
  poll: pollPortal,
  connect: (connection: PortalConnection, kit: Kit): Connected => connectPortal(connection, kit),
  paste: pasteOf,
  urls(connection: PortalConnection, base: string): Record<string, string> {
    const at = `${base}/in/${connection.secrets.hook_secret}`;
    const link = consentLink(connection);
    return {
      events: `${base}/in/${connection.secrets.event_secret}${hookPath}`,
      application: at + appPath,
      ...(link !== undefined && { authorize: link, redirect: at + signedInPath }),
    };
  },
};

/** What a portal sends that lets anybody in. */
const tokenNames = [
  ...["AUTH_ID", "REFRESH_ID", "APPLICATION_TOKEN", "APP_SID", "auth[access_token]", "auth[refresh_token]", "auth[application_token]"],
];

/** Nobody reads it but a person who looks for what is wrong. */
function refuse(problem: DoorProblem): Reply {
  const statuses: Readonly<Record<DoorProblem["kind"], number>> = {
    ...{ no_token: 401, unknown_token: 401, wrong_token: 401, disabled: 403, removed: 410, not_found: 404, too_large: 413 },
    ...{ unavailable: 503, internal: 500, method_not_allowed: 405, rate_limited: 429, busy: 503, malformed: 400 },
  };
  const words = problem.kind === "malformed" ? problem.message : problem.kind.replace(/_/g, " ");
  return {
    status: statuses[problem.kind],
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...("retryAfterSeconds" in problem && { "retry-after": String(problem.retryAfterSeconds) }),
      ...(problem.kind === "method_not_allowed" && { allow: problem.allowed.join(", ") }),
    },
    body: `${JSON.stringify({ error: problem.kind, error_description: words })}\n`,
  };
}
