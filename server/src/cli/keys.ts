import { CommandFailed, type HubClient } from "./client.ts";

export interface KeyOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly workspace?: string;
  readonly name?: string;
  readonly scopes?: string;
  readonly kind?: string;
  readonly domain: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly allowPrivateAddresses?: boolean;
}

interface Vendor {
  readonly id: string;
  readonly keys: Readonly<
    Record<string, { readonly settings: Readonly<Record<string, unknown>>; readonly secret: string; readonly domains: string }>
  >;
}

export const collectDomains = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  ...value.split(",").map((domain) => domain.trim()),
];

/** A key of a kind that one of the vendors has: a connection of its own, whose secret is the key. */
export async function createKey(
  hub: HubClient,
  { workspace, name, domain, set, allowPrivateAddresses }: KeyOptions,
  kind: string,
): Promise<unknown> {
  const vendors = await hub.list<Vendor>("/vendors", { workspace, limit: 250 });
  const vendor = vendors.find(({ keys }) => keys[kind] !== undefined);
  const known = vendors.flatMap(({ keys }) => Object.keys(keys));
  const how = vendor?.keys[kind];
  if (!vendor || !how) throw new CommandFailed(`There is no kind of keys "${kind}"; there are: ${known.join(", ")}`);
  const made = await hub.call<{ id: number; name: string; secrets: Record<string, string>; urls: Record<string, string> }>(
    "POST",
    "/connections",
    {
      workspace,
      body: {
        ...{ vendor: vendor.id, name: name ?? `${kind}: ${domain.join(", ")}`, allow_private_addresses: allowPrivateAddresses },
        settings: { ...set, ...how.settings, [how.domains]: domain },
      },
    },
  );
  return { id: made.id, name: made.name, kind, domains: domain, [how.secret]: made.secrets[how.secret], urls: made.urls };
}
