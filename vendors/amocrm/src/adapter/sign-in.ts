import { createHash } from "node:crypto";
import { type InboundRequest, type Kit, LoginNeeded, type Received, type Reply } from "@svyazka/core";
import { type Amo, AmoUnavailable, authorizeLink, isAmoHost, originOf } from "../client.ts";
import { portError } from "../port-errors.ts";
import type { Integration as Account } from "../settings.ts";

/** How an administrator of the account lets us in. Source: oauth/step-by-step */

/** Where they say yes; they come back to our own address with a code. */
export function signInLink(account: Account): string | undefined {
  const { integration_id: clientId, domain, sign_in } = account.settings;
  if (sign_in !== "oauth" || !clientId) return undefined;
  const host = hostOf(domain);
  if (host === undefined) return undefined;
  const tail = host.split(".").slice(-2).join(".");
  // Abroad it has another name; and a hub that answers as amoCRM asks at its own address.
  const at = isAmoHost(host) ? `https://www.${tail}` : originOf(domain ?? "");
  return authorizeLink({ clientId, state: String(account.id), at });
}

/** Undefined for what is no address. */
function hostOf(domain: string | undefined): string | undefined {
  try {
    return new URL(originOf(domain ?? "")).host;
  } catch {
    return undefined;
  }
}

/** A code that was entered by hand is exchanged once. */
export async function enterCode({ secrets, settings }: Account, amo: Amo, kit: Kit): Promise<void> {
  const { code } = secrets;
  if (settings.sign_in !== "oauth" || !code) return;
  const name = createHash("sha256").update(code).digest("base64url");
  await kit.exclusively(["code"], async () => {
    if (await kit.store.get("code", name)) return;
    // Whatever comes of it, it is good once: marked before, so that an old one stands in nobody's way.
    await kit.store.put("code", name, true);
    try {
      await amo.begin(code);
    } catch (error) {
      if (error instanceof AmoUnavailable) await kit.store.remove("code", name);
      // The tokens that are there already may be better than this code.
      if (!(await kit.store.get("tokens", "current"))) throw error;
      return;
    }
    await kit.resume();
  });
}

const withinMs = 20_000;

/** `GET …/amocrm/signed-in?code=…&referer=…&state=…`: the person comes back. */
export function receiveSignedIn(request: InboundRequest, account: Account, makeAmo: (kit: Kit) => Amo): Received {
  const { code, error, referer } = request.query;
  const words = account.workspace.language === "ru" ? russian : english;
  const wanted = hostOf(account.settings.domain) ?? "";
  if (error || !code) return { ignored: "access was refused", reply: page(words.refused, 400) };
  // The code is exchanged at the account that the connection names, and nowhere else.
  if (referer && isAmoHost(wanted) && referer.toLowerCase() !== wanted.toLowerCase())
    return { ignored: `another account has let us in: ${referer}`, reply: page(words.otherAccount(referer, wanted), 400) };
  return {
    async answer(kit) {
      try {
        await makeAmo(kit).begin(code);
        await kit.resume();
        return page(words.done, 200);
      } catch (failure) {
        const error = portError(failure);
        return page(`${words.failed} ${error instanceof Error ? error.message : ""}`, error instanceof LoginNeeded ? 400 : 502);
      }
    },
    otherwise: page(words.failed, 502),
    withinMs,
  };
}

const russian = {
  done: "Доступ получен. Окно можно закрыть: подключение работает.",
  refused: "Доступ не дан. Подключение работать не будет, пока администратор аккаунта не согласится.",
  failed: "Код авторизации не принят.",
  otherAccount: (given: string, wanted: string) =>
    `Доступ дан к аккаунту ${given}, а в настройках подключения указан ${wanted}. Исправьте адрес аккаунта или войдите в нужный аккаунт.`,
};
const english: typeof russian = {
  done: "Access was given. You may close this window: the connection works.",
  refused: "Access was not given. The connection will not work until an administrator of the account agrees.",
  failed: "The authorization code was not accepted.",
  otherAccount: (given, wanted) =>
    `Access was given to the account ${given}, and the connection is set up for ${wanted}. Mend the address of the account, or sign in to the right one.`,
};

const asText = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (text: string, status: number): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'", "cache-control": "no-store" },
  body: `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>amoCRM</title><p>${asText(text)}</p>`,
});
