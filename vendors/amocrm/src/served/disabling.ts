import { type Kit, Refused, type Workspace } from "@svyazka/core";
import { disableSignature } from "../protocol.ts";

/**
 * Tells an integration that it was switched off, or that a grant of it was ended: as amoCRM does, by the address that it has for it.
 * Source: https://www.amocrm.ru/developers/content/oauth/oauth
 */
export async function tellDisabled(
  address: string,
  { client_id, client_secret }: { readonly client_id: string; readonly client_secret: string },
  { id }: Pick<Workspace, "id">,
  kit: Pick<Kit, "fetch">,
): Promise<void> {
  const url = URL.parse(address);
  if (!url) return;
  const signature = disableSignature(client_id, id as number, client_secret);
  for (const [name, value] of Object.entries({ account_id: String(id), client_uuid: client_id, signature }))
    url.searchParams.set(name, value);
  const { status } = await kit.fetch({ method: "GET", url: url.toString(), timeoutSeconds: 3, secrets: [signature] });
  if (status >= 400) throw new Refused(`the hook for switching off answers ${status}`);
}
