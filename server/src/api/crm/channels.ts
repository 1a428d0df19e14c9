import type { Readable } from "node:stream";
import type { ConnectionId, EventDraft, KeptFile, MessageFile, Messenger } from "@svyazka/core";
import type * as crm from "@svyazka/crm";
import { recordFacts } from "../../connections/kit.ts";
import type { LiveConnection } from "../../connections/registry.ts";
import { tell } from "../../db/bus.ts";
import { newId } from "../../db/new-id.ts";
import { isHeard } from "../../delivery/plan.ts";
import { storeFile } from "../../files/keep.ts";
import { attachments, isRisky } from "../../files/kinds.ts";
import { fileLink } from "../../files/link.ts";
import type { Hub } from "../../hub.ts";

/** A channel of messages, as whoever writes sees it. */
export interface ChannelOf {
  readonly id: ConnectionId;
  readonly name: string;
  readonly isActive: boolean;
  readonly messenger: Messenger;
}

/** The channels of a workspace: the way out of what is written here, and where its files lie. */
export interface Channels {
  list(sql: crm.Sql): Promise<readonly ChannelOf[]>;
  find(sql: crm.Sql, channel: number): Promise<ChannelOf | undefined>;
  nameOf(sql: crm.Sql, channel: number): Promise<string>;
  /** Whether the channel is there, and its route is on: what is written otherwise would wait for ever. */
  isCarried(sql: crm.Sql, channel: ConnectionId): Promise<boolean>;
  /** Tells of a message that waits, for the channel that carries it; while nobody would send it, it waits untold. */
  give(sql: crm.Sql, channel: ConnectionId, facts: readonly EventDraft[]): Promise<void>;
  /** Colleagues see that somebody is writing. */
  showTyping(sql: crm.Sql, conversation: number, user: number | undefined): Promise<void>;
  /** Throws `Refused` when it is too large or empty. */
  keepUpload(sql: crm.Sql, body: AsyncIterable<Buffer> | Readable, name: string | undefined): Promise<KeptFile>;
  /** Files to be sent, by what `keepUpload` called them; those that are not there any more are left out. */
  filesOf(sql: crm.Sql, ids: readonly string[]): Promise<MessageFile[]>;
  fileUrl(sql: crm.Sql, file: string): string;
}

/** Uploads are of no connection. */
const nobodys = 0 as ConnectionId;
const largestUpload = 104_857_600;
const uploadDays = 1_095;

export function channelsOf(hub: Hub): Channels {
  const flows = [...hub.flows.values()];
  const files = { pool: hub.pool, directory: hub.config.FILES_DIR };
  const all = async ({ workspace }: crm.Sql) => (await hub.registry.view(workspace)).connections;
  const isCarried: Channels["isCarried"] = async ({ workspace }, channel) =>
    isHeard(await hub.registry.view(workspace), flows, channel)("message.sent");
  return {
    list: async (sql) => [...(await all(sql)).values()].flatMap(asChannel),
    async find(sql, channel) {
      const live = (await all(sql)).get(channel as ConnectionId);
      return live && asChannel(live)[0];
    },
    nameOf: async (sql, channel) => (await all(sql)).get(channel as ConnectionId)?.row.name ?? "",
    isCarried,
    async give(sql, channel, facts) {
      const parts = { ledger: () => hub.ledger, registry: () => hub.registry, flows };
      if (await isCarried(sql, channel)) await recordFacts(parts, { workspace: sql.workspace, id: channel }, facts, { what: "written" });
    },
    showTyping: (sql, conversation, user) =>
      tell(sql, { kind: "live", workspace: sql.workspace, news: { type: "conversation.typing", conversation, user: user ?? null } }),
    keepUpload: (sql, body, name) =>
      storeFile(files, { workspace: sql.workspace, connection: nobodys, source: newId<string>() }, body as AsyncIterable<Buffer>, {
        ...{ days: uploadDays, kind: attachments(largestUpload), name },
      }),
    async filesOf(sql, ids) {
      const rows = await sql.query<{ id: string; type: string; bytes: number; name: string | null }>({
        text: "select id, type, bytes, name from hub.file where workspace = $1 and id = any($2::uuid[]) and connection = $3 and expires_at > now()",
        values: [sql.workspace, ids, nobodys],
      });
      return ids.flatMap((id) => rows.filter((row) => row.id === id).map(({ type, bytes, name }) => asFile(id, { type, bytes, name })));
    },
    fileUrl: ({ workspace }, file) => fileLink(hub.keys, workspace, file, new Date()),
  };
}

const asChannel = (live: LiveConnection): ChannelOf[] => {
  const { messenger } = live.connected();
  return messenger ? [{ id: live.row.id, name: live.row.name, isActive: live.row.state === "active", messenger }] : [];
};

const asFile = (
  file: string,
  { type, bytes, name }: { readonly type: string; readonly bytes: number; readonly name: string | null },
): MessageFile => ({
  ...{ kind: kindOf(type), type, bytes, file },
  ...(name !== null && { name }),
});

/** What a channel is to show it as. */
const kindOf = (type: string): MessageFile["kind"] =>
  /^image\/(jpeg|png|gif|webp)$/.test(type)
    ? "picture"
    : type.startsWith("video/")
      ? "video"
      : type.startsWith("audio/")
        ? "audio"
        : "file";

export const writeFile = ({ kind, name, type, bytes, file, error }: MessageFile, urlOf: (file: string) => string) => ({
  ...{ kind, name: name ?? null, type: type ?? null, bytes: bytes ?? null },
  ...{ url: file === undefined ? null : urlOf(file), error: error ?? null, is_risky: isRisky(type, name) },
});

/** A name as a person gave it, without the folders before it. */
export const uploadName = (name: string | undefined): string | undefined => name?.split(/[\\/]/).at(-1)?.trim().slice(0, 200) || undefined;
