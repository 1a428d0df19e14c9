import { randomBytes } from "node:crypto";
import { writeBrackets } from "@svyazka/wire";
import type { Portal } from "../portal.ts";
import { type SignIn, scopeText } from "./sign-in.ts";
import { whereOf } from "./told.ts";

/** How the portal opens the application's page in a frame: by POST, as a form, with a pair of tokens in it. */
export function openFrame(portal: Portal, signIn: SignIn, handlerUrl: string, userId: number): Promise<Response> {
  const tokens = signIn.issue(userId);
  const url = new URL(handlerUrl);
  const query = { DOMAIN: new URL(portal.url()).host, PROTOCOL: "0", LANG: "ru", APP_SID: randomBytes(16).toString("hex") };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return post(portal, url.href, {
    ...{ AUTH_ID: tokens.access_token, AUTH_EXPIRES: 3600, REFRESH_ID: tokens.refresh_token, SERVER_ENDPOINT: `${portal.url()}/rest/` },
    ...{ APPLICATION_TOKEN: portal.app.applicationToken, APPLICATION_SCOPE: scopeText(portal), member_id: portal.memberId, status: "L" },
    ...{ PLACEMENT: "DEFAULT", PLACEMENT_OPTIONS: JSON.stringify({ any: "0/" }) },
  });
}

/** The application is installed, or installed anew: what it was bound to is gone. */
export function install(portal: Portal, signIn: SignIn, handlerUrl: string): Promise<Response> {
  portal.state.bindings = [];
  const tokens = signIn.issue(1);
  return post(portal, handlerUrl, {
    event: "ONAPPINSTALL",
    data: { VERSION: "1", ACTIVE: "Y", INSTALLED: "Y", LANGUAGE_ID: "ru" },
    ts: Math.floor(portal.now() / 1000),
    auth: {
      ...whereOf(portal),
      access_token: tokens.access_token,
      refresh_token: tokens.refresh_token,
      expires: tokens.expires,
      expires_in: 3600,
      user_id: 1,
    },
  });
}

const post = (portal: Portal, url: string, form: Parameters<typeof writeBrackets>[0]): Promise<Response> =>
  portal.web(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: writeBrackets(form),
    redirect: "manual",
  });
