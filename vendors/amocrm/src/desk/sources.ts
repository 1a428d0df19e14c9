import { randomUUID } from "node:crypto";
import type { ChannelSources, ConnectionId, JoiningChannel, Kit } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { asking } from "../port-errors.ts";

/** Channels as sources of the account: without one, several numbers of a messenger are told apart by nobody. Source: crm_platform/sources-api */

interface KnownSource {
  readonly uid: string;
  readonly channel?: number;
  readonly isMain?: boolean;
}

/** Our channels as this account knows them: kept here, made there. */
export function sourcesIn(amo: Amo, kit: Kit) {
  const bySource = (uid: string) => ["source", uid] as const;
  const byChannel = (channel: number) => ["source of", String(channel)] as const;

  async function find(uid: string) {
    const { items } = await amo.sources.page({ filter: { external_id: uid } });
    return items.find(({ external_id }) => external_id === uid);
  }

  async function join({
    uid,
    network,
    name,
    isRenamed,
    isMain,
    pipeline,
    channel,
  }: JoiningChannel): Promise<Readonly<Record<string, unknown>>> {
    const before = await kit.store.get<string>(...byChannel(channel));
    await kit.store.put(...bySource(uid), { uid, channel, ...(isMain !== undefined && { isMain }) } satisfies KnownSource);
    await kit.store.put(...byChannel(channel), uid);
    return asking(async () => {
      // Messages came before the channel had told its own name: it has one source.
      const provisional = before === undefined || before === uid ? undefined : await find(before);
      if (provisional) await amo.sources.remove(provisional.id);
      const known = await find(uid);
      const about = {
        ...(isMain !== undefined && { default: isMain }),
        ...(pipeline !== undefined && { pipeline_id: Number(pipeline) }),
      };
      if (!known) {
        const made = await amo.sources.create({ name, external_id: uid, ...about, origin_code: network });
        return { created: true, id: made.id, external_id: uid, name };
      }
      const changes = { ...about, ...(isRenamed && known.name !== name && { name }) };
      if (Object.keys(changes).length > 0) await amo.sources.update(known.id, changes);
      return { created: false, id: known.id, external_id: uid, name: changes.name ?? known.name };
    });
  }

  const alone = <T>(channel: number, work: () => Promise<T>): Promise<T> => kit.exclusively([`source ${channel}`], work);

  return {
    join: (joining: JoiningChannel) => alone(joining.channel, () => join(joining)),
    async leave(uid) {
      const known = await kit.store.get<KnownSource>(...bySource(uid));
      const there = await asking(() => find(uid));
      if (there) await asking(() => amo.sources.remove(there.id));
      await kit.store.remove(...bySource(uid));
      if (known?.channel !== undefined) await kit.store.remove(...byChannel(known.channel));
      return there !== undefined;
    },
    /** What the account calls this channel; made known there when it is not. */
    nameOf: (channel: ConnectionId, network: string, name: string): Promise<string> =>
      alone(channel, async () => {
        const known = await kit.store.get<string>(...byChannel(channel));
        if (known !== undefined) return known;
        const uid = randomUUID();
        await join({ uid, channel, network, name, isRenamed: false });
        return uid;
      }),
    async channelOf(source: string | undefined): Promise<ConnectionId | undefined> {
      const known =
        source === undefined
          ? (await kit.store.list<KnownSource>("source"))
              .map(({ value }) => value)
              .sort((one, other) => Number(other.isMain === true) - Number(one.isMain === true))[0]
          : await kit.store.get<KnownSource>(...bySource(source));
      return known?.channel as ConnectionId | undefined;
    },
  } satisfies ChannelSources & Record<string, unknown>;
}

export type Sources = ReturnType<typeof sourcesIn>;
