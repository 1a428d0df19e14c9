import type { InboundRequest, Kit, Received, Reply } from "@svyazka/core";
import { attachedCrms, sameText } from "./attached.ts";
import { attachedPage, signInPage } from "./consent-page.ts";
import { isRest, recordsPath, reply, sentBy } from "./door.ts";
import { invalid } from "./endpoint.ts";
import { pairUsers } from "./feed.ts";
import { invalidParameters, type Login, loginFailed, loginPath, readLogin, writeToken } from "./protocol.ts";
import { receiveCommand } from "./served-commands.ts";
import { receiveRest } from "./served-rest.ts";
import type { Line } from "./settings.ts";
import { beepingWav } from "./wav.ts";

/** Where we answer as the PBX: any CRM that can work with such a PBX can be attached to us. */
export function receiveServed(request: InboundRequest, line: Line): Received {
  if (request.path.startsWith(`${recordsPath}/`)) return receiveRecording(request);
  if (isRest(request)) return receiveRest(request, line);
  return request.path === loginPath ? receiveLogin(request, line) : receiveCommand(request, line);
}

/** The CRM may be slow to tell its users; whoever waits longer is told to come again, and finds the login done. */
const loginWithinMs = 20_000;

function receiveLogin(request: InboundRequest, line: Line): Received {
  const sent = sentBy(request);
  const login = readLogin(sent);
  if ("wrong" in login) throw invalid(login.wrong, line);
  const isPerson = sent["consent"] === "yes";
  if (login.login === undefined && login.password === undefined) return { page: signInPage(login, line.workspace.language, false) };
  return {
    answer: (kit) => logIn(login, isPerson, line, kit),
    otherwise: reply(503, '{"error":"Service unavailable"}', { "retry-after": "5" }),
    withinMs: loginWithinMs,
  };
}

async function logIn(login: Login, isPerson: boolean, line: Line, kit: Kit): Promise<Reply> {
  const isRight = sameText(login.login ?? "", line.secrets.admin_login) && sameText(login.password ?? "", line.secrets.admin_password);
  if (!isRight) return isPerson ? signInPage(login, line.workspace.language, true) : reply(401, loginFailed);
  const { crmCode: code, url, crmToken, selfMap } = login;
  const crms = attachedCrms(kit);
  const attached = await crms.attach({ code, url, crmToken, selfMap, users: {} });
  // Its users are asked for afterwards: it may not answer before it has its token.
  if (!selfMap)
    void pairUsers(attached, line, kit).then(
      (users) => crms.mapUsers(code, users),
      () => {},
    );
  if (!isPerson) return reply(200, writeToken(attached.token));
  return login.redirectUrl === undefined
    ? reply(400, invalidParameters)
    : attachedPage(attached.token, login.redirectUrl, line.workspace.language);
}

/** A recording of a played call: its address holds the id of the call, which nobody can guess. */
function receiveRecording({ path }: InboundRequest): Received {
  const seconds = /^\/records\/[\da-f-]{36}-(\d{1,5})\.wav$/.exec(path)?.[1];
  if (seconds === undefined) return { page: reply(404, '{"error":"Not found"}') };
  return {
    page: {
      ...reply(200, "", { "content-type": "audio/wav", "cache-control": "private, max-age=86400" }),
      bytes: beepingWav(Number(seconds)),
    },
  };
}
