import type { Account } from "./commands.ts";
import { isRecord, readLenientJson, textOf } from "./words.ts";

/** `/crmapi/v1`: the later side of the PBX, in JSON, with the key in `X-API-KEY`. */

export const restPath = "/crmapi/v1";
export const keyHeader = "x-api-key";

export const writeRestUsers = (accounts: readonly Account[]): string =>
  JSON.stringify({
    items: accounts.map(({ name, realName, ext, telnum, email }) => ({
      ...{ login: name, name: realName },
      ...(ext !== undefined && { ext }),
      ...(telnum !== undefined && { telnum }),
      ...(email !== undefined && { email }),
    })),
    info: { start: 0, limit: accounts.length, total: accounts.length },
  });

export function readRestUsers(body: string): { readonly accounts: Account[]; readonly next?: string } | undefined {
  const json = readLenientJson(body);
  const items = isRecord(json) ? json["items"] : json;
  if (!Array.isArray(items)) return undefined;
  const info = isRecord(json) && isRecord(json["info"]) ? json["info"] : {};
  const next = textOf(info["next"]);
  const accounts = items.flatMap((one: unknown): Account[] => {
    const login = isRecord(one) ? textOf(one["login"])?.trim() : undefined;
    if (!isRecord(one) || !login) return [];
    const optional = (name: string) => (textOf(one[name])?.trim() ? { [name]: textOf(one[name])?.trim() } : {});
    return [{ name: login, realName: textOf(one["name"])?.trim() ?? "", ...optional("ext"), ...optional("telnum"), ...optional("email") }];
  });
  return { accounts, ...(next !== undefined && next !== "" && { next }) };
}

export interface RestCall {
  readonly user: string;
  readonly phone: string;
  readonly clid?: string;
}
export function readRestCall(fields: Readonly<Record<string, string>>): RestCall | { readonly wrong: readonly string[] } {
  const [user, phone, clid] = ["user", "phone", "clid"].map((name) => fields[name]?.trim() || undefined);
  const wrong = [...(user === undefined ? ["user"] : []), ...(phone === undefined ? ["phone"] : [])];
  if (user === undefined || phone === undefined) return { wrong };
  return { user, phone, ...(clid !== undefined && { clid }) };
}
