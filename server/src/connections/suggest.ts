import {
  type Connected,
  type ConnectionId,
  type DirectoryPipeline,
  type DirectoryUser,
  LoginNeeded,
  Refused,
  type SentField,
  type TelephonyUser,
  Unavailable,
} from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { decode } from "../inbound/decode.ts";
import { redact } from "../net/redact.ts";
import { matchUsers } from "./match-users.ts";
import type { LiveConnection } from "./registry.ts";

export type MappingKind = "user" | "field" | "stage";

interface Theirs {
  readonly id: string;
  readonly name: string;
  readonly detail: string | null;
  readonly samples: string[];
  readonly seen: number | null;
  readonly understood: string | null;
}

interface Ours {
  readonly id: string;
  readonly name: string;
  readonly detail: string | null;
  readonly label: { readonly ru: string; readonly en: string } | null;
}

interface Suggestion {
  readonly theirs: string;
  readonly ours: string;
  readonly why: "email" | "phone" | "name" | "code" | "synonym";
}

interface Sides {
  readonly theirs: readonly Theirs[];
  readonly ours: readonly Ours[];
  readonly suggestions: readonly Suggestion[];
}

const requestsLookedAt = 200;
/** A body that is larger is no form. */
const largestBody = 65_536;
const most = { samples: 3, sampleLength: 100, fields: 300 };

/** What is theirs, what is ours, and what goes together. Throws `NotFound`; what the far side says about its users becomes `Invalid`. */
export async function suggestMappings(hub: Hub, sql: Sql, id: ConnectionId, kind: MappingKind) {
  const live = (await hub.registry.view(sql.workspace)).connections.get(id);
  if (!live) throw new NotFound("connection", id);
  const mapped = new Map(
    (
      await sql.query<{ theirs: string; ours: string }>({
        text: "select theirs, ours from hub.mapping where workspace = $1 and connection = $2 and kind = $3",
        values: [sql.workspace, id, kind],
      })
    ).map(({ theirs, ours }) => [theirs, ours]),
  );
  const sides = kind === "user" ? await users(live) : kind === "field" ? await fields(sql, live) : await stages(live);
  const known = new Set(sides.ours.map((one) => one.id.toLowerCase()));
  // What is mapped and has not been seen lately is shown, too: it may be the very one that is wrong.
  const unseen = [...mapped.keys()].filter((theirs) => !sides.theirs.some((one) => one.id === theirs));
  return {
    theirs: [...sides.theirs, ...unseen.map((theirs) => bare(theirs))].map((one) => {
      const ours = mapped.get(one.id) ?? null;
      return { ...one, samples: [...one.samples], ours, broken: ours !== null && !known.has(ours.toLowerCase()) };
    }),
    ours: sides.ours.map((one) => ({ ...one, label: one.label && { ...one.label } })),
    suggestions: sides.suggestions.filter(({ theirs }) => !mapped.has(theirs)).map((one) => ({ ...one })),
  };
}

const bare = (id: string): Theirs => ({ id, name: id, detail: null, samples: [], seen: null, understood: null });

async function users(live: LiveConnection): Promise<Sides> {
  const { directory, userMapping } = live.connection;
  const accounts = await asked(
    live,
    async ({ telephony, crm }) => (await telephony?.users()) ?? (await crm?.directory())?.users.map(asAccount) ?? [],
  );
  return {
    theirs: accounts.map(({ account, name, extension, phone, email }) => ({
      ...bare(account),
      name,
      detail: [extension, phone, email].filter((part) => part !== undefined).join(", ") || null,
    })),
    ours: directory.users
      .filter(({ active }) => active)
      .map(({ id, name, email, phone }) => ({
        id,
        name,
        detail: [email, phone].filter((part) => part !== undefined).join(", ") || null,
        label: null,
      })),
    suggestions: matchUsers(accounts, directory.users, userMapping).map(({ account, user, by }) => ({
      theirs: account,
      ours: user.id,
      why: by,
    })),
  };
}

const asAccount = ({ id, name, phone, email }: DirectoryUser): TelephonyUser => ({
  account: id,
  name,
  ...(phone !== undefined && { phone }),
  ...(email !== undefined && { email }),
});

/** What a PBX or another CRM tells of itself: nothing, where the CRM is our home, since then both sides are one. */
async function asked<T>(
  { connection, row, connected }: LiveConnection,
  ask: (ports: Connected) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (connection.home === row.id) return [];
  try {
    return await ask(connected());
  } catch (error) {
    if (error instanceof Refused || error instanceof LoginNeeded || error instanceof Unavailable)
      throw new Invalid({ id: [`${row.name} does not tell what it has: ${error.message}`] });
    throw error;
  }
}

async function fields(sql: Sql, live: LiveConnection): Promise<Sides> {
  const { vendor, connection } = live;
  const seen = await sentFields(sql, live);
  const custom = connection.directory.fields.deal;
  const theirs = [...seen.values()].map(({ field, samples, count }) => ({
    id: field.name,
    name: field.name,
    detail: field.label ?? null,
    samples: [...samples],
    seen: count,
    understood: field.meaning ?? null,
  }));
  return {
    theirs,
    ours: [
      ...Object.entries(vendor.fieldTargets ?? {}).map(([id, label]) => ({
        id,
        name: label[connection.workspace.language],
        detail: null,
        label: { ...label },
      })),
      ...custom.map(({ code, name, type }) => ({ id: code, name, detail: type, label: null })),
    ],
    suggestions: theirs.flatMap(({ id, detail, understood }): Suggestion[] => {
      const same = custom.find(({ code }) => plain(code) === plain(id));
      if (same) return [{ theirs: id, ours: same.code, why: "code" }];
      const named = custom.find(({ name }) => plain(name) !== "" && [id, detail ?? ""].some((words) => plain(words) === plain(name)));
      if (named) return [{ theirs: id, ours: named.code, why: "name" }];
      return understood === null ? [] : [{ theirs: id, ours: understood, why: "synonym" }];
    }),
  };
}

interface Seen {
  readonly field: SentField;
  readonly samples: Set<string>;
  count: number;
}

/** The fields of the last requests of a connection, the most frequent first. */
async function sentFields(sql: Sql, { vendor, connection, row, secretSpellings }: LiveConnection): Promise<ReadonlyMap<string, Seen>> {
  const found = new Map<string, Seen>();
  if (!vendor.sentFields) return found;
  const lines = await sql.query<{ method: string; path: string; query: string; headers: Record<string, string>; body: Buffer }>({
    text: `select method, path, query, headers, body from (
             select method, path, query, headers, body from hub.journal where workspace = $1 and connection = $2 order by id desc limit $3) last
           where body is not null and length(body) <= $4`,
    values: [sql.workspace, row.id, requestsLookedAt, largestBody],
  });
  for (const line of lines) {
    const request = await decode({ ...line, ip: "" });
    for (const field of vendor.sentFields(request, connection)) {
      const known = found.get(field.name) ?? { field, samples: new Set<string>(), count: 0 };
      if (found.size < most.fields || found.has(field.name)) found.set(field.name, known);
      known.count++;
      if (known.samples.size < most.samples) known.samples.add(redact(field.value, secretSpellings).slice(0, most.sampleLength));
    }
  }
  return new Map([...found].sort(([, one], [, other]) => other.count - one.count));
}

async function stages(live: LiveConnection): Promise<Sides> {
  const theirs = stagesOf(await asked(live, async ({ crm }) => (await crm?.directory())?.pipelines ?? []));
  const ours = stagesOf(live.connection.directory.pipelines);
  return {
    theirs: theirs.map(({ id, name, detail }) => ({ ...bare(id), name, detail })),
    ours: ours.map((one) => ({ ...one, label: null })),
    suggestions: theirs.flatMap((one): Suggestion[] => {
      const named = ours.filter(({ name }) => plain(name) === plain(one.name));
      const same = named.find(({ detail }) => plain(detail) === plain(one.detail)) ?? (named.length === 1 ? named[0] : undefined);
      return same ? [{ theirs: one.id, ours: same.id, why: "name" }] : [];
    }),
  };
}

const stagesOf = (pipelines: readonly DirectoryPipeline[]) =>
  pipelines.flatMap((pipeline) => pipeline.stages.map(({ id, name }) => ({ id, name, detail: pipeline.name })));

/** Without case, spaces and signs. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[^\p{L}\p{N}]+/gu, "");
