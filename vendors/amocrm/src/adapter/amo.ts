import { type Kit, Unavailable } from "@svyazka/core";
import { type Amo, type Limiter, longLived, makeAmo, type TokenStore, type Tokens } from "../client.ts";
import type { Integration as Account } from "../settings.ts";

/** An account at amoCRM, as the hub works with it: its tokens kept in the hub, its pace shared by all processes. */
/** `patient` is for work that nobody waits for; a delivery that is told to wait is put back, and holds up nobody else. */
export function amoOf(account: Account, kit: Kit, patient = true): Amo {
  const { settings, secrets } = account;
  const { integration_id: clientId } = settings;
  const { integration_secret: clientSecret } = secrets;
  return makeAmo({
    domain: settings.domain ?? "",
    ...(settings.sign_in === "oauth" &&
      clientId &&
      clientSecret && { credentials: { clientId, clientSecret, redirectUri: redirectUriOf(account, kit.publicUrl()) } }),
    tokens: settings.sign_in === "token" ? givenToken(secrets.long_lived_token) : tokensIn(kit),
    send: (request) => kit.fetch(request),
    limiter: { ...paced, pause: (milliseconds) => void kit.pause(milliseconds / 1000).catch(() => {}) },
    ...(!patient && { patienceSeconds: 0 }),
    now: () => kit.now().getTime(),
  });
}

/** Where amoCRM sends the person back to who let us in: what is entered there as the redirect address of the integration. */
export const redirectUriOf = ({ settings, secrets }: Account, base: string): string =>
  settings.own_redirect_uri || `${base}/in/${secrets.hook_secret}${signedInPath}`;

export const signedInPath = "/amocrm/signed-in";
export const hookPath = "/amocrm/webhook";

/** `kit.fetch` gives each request its turn, in all processes alike. */
const paced: Limiter = { take: async () => {} };

/** A long-lived token is never renewed: what the connection holds is what there is. */
function givenToken(token: string | undefined): TokenStore {
  const read = async (): Promise<Tokens | undefined> => (token ? longLived(token) : undefined);
  return {
    read,
    exclusively: async (work) =>
      work(await read(), async () => {
        throw new Unavailable("a long-lived token is not renewed");
      }),
  };
}

/** Sealed in the hub, renewed by one process at a time. */
function tokensIn({ store, exclusively }: Kit): TokenStore {
  const read = () => store.get<Tokens>("tokens", "current");
  return {
    read,
    exclusively: (work) => exclusively(["tokens"], async () => work(await read(), (tokens) => store.put("tokens", "current", tokens))),
  };
}
