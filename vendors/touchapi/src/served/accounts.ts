import type { Kit, Sibling } from "@svyazka/core";
import { uuidOf } from "../adapter/account.ts";
import type { CrmAddress } from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";

/** The accounts of this workspace, as the service knows them: each is a connection of its own. */

/** Undefined for a key, which is a connection of this vendor, too. */
export const accountsOf = async (kit: Kit): Promise<Sibling[]> =>
  (await kit.siblings.list()).filter(({ settings }) => settings["side"] === "account");

export const findAccount = async (kit: Kit, source: string, login: string): Promise<Sibling | undefined> =>
  (await accountsOf(kit)).find(({ settings }) => settings["source"] === source && settings["login"] === login);

/** By this an account is held while something is done about it. */
export const nameOf = (source: string, login: string): string => `account ${source} ${login}`;

export const crmName = ({ type, host }: Pick<CrmAddress, "type" | "host">): string => `${type} ${host}`;

export const crmsIn = ({ settings }: Pick<Sibling, "settings">): readonly string[] =>
  Array.isArray(settings["crms"]) ? settings["crms"].map(String) : [];

/** A link has two directions, each with a name of its own that never changes: messenger to CRM, and back. */
export const bindsOf = (uuid: string, crm: string): [string, string] => [uuidOf(`${uuid} -> ${crm}`), uuidOf(`${crm} -> ${uuid}`)];

/** As its vendor's own code works with it. */
export const asConnection = (service: TouchConnection, { id, name, settings, secrets }: Sibling): TouchConnection => ({
  ...service,
  ...{ id, name, settings: settings as TouchConnection["settings"], secrets: secrets as TouchConnection["secrets"] },
});
