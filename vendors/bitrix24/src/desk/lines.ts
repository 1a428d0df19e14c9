import { type ChannelSources, type ConnectionId, type JoiningChannel, type Kit, Refused } from "@svyazka/core";
import type { Ground } from "../adapter/ground.ts";
import { appPath } from "../adapter/pages.ts";
import { BitrixRefused, type OpenLines } from "../client.ts";
import { asking } from "../port-errors.ts";
import { type PortalEvent, textIn } from "../protocol.ts";
import { iconOf } from "./icons.ts";

/**
 * One connector for each messenger, one open line for each of its accounts: events name a connector and a line, and nothing else, so that two accounts on one line
 * could not be told apart.
 */

export interface KnownLine {
  readonly connector: string;
  readonly line: number;
  readonly channel: ConnectionId;
  readonly uid?: string;
  readonly name: string;
  readonly isMain?: boolean;
  /** Somebody in the portal has switched it off, or deleted it. */
  readonly isOff?: true;
}

const byChannel = (channel: ConnectionId) => ["line", String(channel)] as const;
const byPlace = (connector: string, line: number | string) => ["channel", `${connector} ${line}`] as const;
const byUid = (uid: string) => ["channel uid", uid] as const;

export function linesIn({ portal, kit, connection }: Ground) {
  const { openLines } = portal;
  const alone = <T>(channel: ConnectionId, work: () => Promise<T>): Promise<T> => kit.exclusively([`line ${channel}`], work);
  const known = (channel: ConnectionId): Promise<KnownLine | undefined> => kit.store.get<KnownLine>(...byChannel(channel));

  async function save(line: KnownLine): Promise<void> {
    await kit.store.put(...byPlace(line.connector, line.line), line.channel);
    if (line.uid !== undefined) await kit.store.put(...byUid(line.uid), line.channel);
    await kit.store.put(...byChannel(line.channel), line);
  }

  /** Makes the channel known to the portal; again, it puts right what is not. */
  async function join({ uid, channel, network, name, isRenamed, isMain }: Joining): Promise<Readonly<Record<string, unknown>>> {
    const before = await known(channel);
    const connector = connectorOf(network);
    await register(openLines, connector, network, kit.publicUrl() + inPath(connection));
    const makeLine = (): Promise<number> => lineFor(openLines, kit, channel, name, connection.settings.line_queue.map(Number));
    let line = before?.line ?? (await makeLine());
    await openLines.activate(connector, line, true).catch(async (error: unknown) => {
      if (!(await isDeleted(openLines, line, error))) throw error;
      line = await makeLine();
      await openLines.activate(connector, line, true);
    });
    const called = before && !isRenamed ? before.name : name;
    if (before && called !== before.name) await openLines.lines.rename(line, called);
    await openLines.setData(connector, line, { ID: uid ?? `channel ${channel}`, NAME: called });
    const main = isMain ?? before?.isMain;
    await save({
      ...{ connector, line, channel, name: called },
      ...((uid ?? before?.uid) !== undefined && { uid: uid ?? before?.uid }),
      ...(main !== undefined && { isMain: main }),
    } as KnownLine);
    return { created: before === undefined, connector, line, name: called };
  }

  return {
    join: (joining: JoiningChannel) => alone(joining.channel, () => asking(() => join(joining))),
    async leave(uid: string) {
      const channel = await kit.store.get<ConnectionId>(...byUid(uid));
      const line = channel === undefined ? undefined : await known(channel);
      if (channel === undefined || !line) return false;
      await alone(channel, async () => {
        await asking(() => openLines.activate(line.connector, line.line, false));
        await kit.store.put(...byChannel(channel), { ...line, isOff: true } satisfies KnownLine);
      });
      return true;
    },
    /** Where this channel's conversations are shown. Throws `Refused` when somebody there has switched it off. */
    lineOf: (channel: ConnectionId, network: string, name: string): Promise<KnownLine> =>
      alone(channel, async () => {
        if (!(await known(channel))) await asking(() => join({ channel, network, name, isRenamed: false }));
        const line = await known(channel);
        if (!line || line.isOff) throw new Refused(`the channel is switched off on the open line ${line?.line ?? "?"}: connect it again`);
        return line;
      }),
    known,
    async channelOf(source: string | undefined): Promise<ConnectionId | undefined> {
      if (source !== undefined) {
        const [connector = "", line = ""] = source.split(" ");
        return kit.store.get<ConnectionId>(...byPlace(connector, line));
      }
      const all = (await kit.store.list<KnownLine>("line")).map(({ value }) => value).filter(({ isOff }) => !isOff);
      return (all.find(({ isMain }) => isMain) ?? all[0])?.channel;
    },
  } satisfies ChannelSources & Record<string, unknown>;
}
export type Lines = ReturnType<typeof linesIn>;

type Joining = Omit<JoiningChannel, "uid"> & { readonly uid?: string };

/** Small Latin letters, digits and underscores. Source: imconnector.register, ID */
export const connectorOf = (network: string): string => `svyazka_${network.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`;

const register = (openLines: OpenLines, connector: string, network: string, handler: string): Promise<void> =>
  openLines.register({ ID: connector, NAME: nameOf(network), ICON: iconOf(network), PLACEMENT_HANDLER: handler });

const nameOf = (network: string): string => `Svyazka: ${network.charAt(0).toUpperCase()}${network.slice(1)}`;

const inPath = ({ secrets }: Ground["connection"]): string => `/in/${secrets.hook_secret}${appPath}`;

/** A line of its own. One that an earlier try has made, whose answer was lost, is known by its name. */
async function lineFor(openLines: OpenLines, kit: Kit, channel: ConnectionId, name: string, queue: readonly number[]): Promise<number> {
  const called = `${name} #${channel}`;
  if (await kit.store.get("line begun", String(channel))) {
    const twin = (await openLines.lines.all()).find((line) => line.name === called);
    if (twin) return twin.id;
  }
  await kit.store.put("line begun", String(channel), true);
  return openLines.lines.add(called, queue);
}

/** One that is only switched off there is refused in the same words. */
const isDeleted = async (openLines: OpenLines, line: number, error: unknown): Promise<boolean> =>
  error instanceof BitrixRefused && error.code === "NOT_ACTIVE_LINE" && !(await openLines.lines.all()).some(({ id }) => id === line);

/** Somebody in the portal has deleted a line, or switched a connector off on it. Undefined for every other event. */
export function linesDeleted({ event, data, value }: PortalEvent): ((kit: Kit) => Promise<string>) | undefined {
  if (event !== "ONIMCONNECTORLINEDELETE" && event !== "ONIMCONNECTORSTATUSDELETE") return undefined;
  const line = value ?? textIn(data, "LINE") ?? textIn(data, "line");
  const connector = textIn(data, "CONNECTOR") ?? textIn(data, "connector");
  return async ({ store, exclusively }) => {
    const hit = (await store.list<KnownLine>("line")).filter(
      ({ value }) => String(value.line) === line && (connector === undefined || value.connector === connector),
    );
    for (const { id, value } of hit)
      await exclusively([`line ${value.channel}`], async () => {
        // It may have been given another line meanwhile.
        const now = await store.get<KnownLine>("line", id);
        if (now?.connector === value.connector && now.line === value.line)
          await store.put("line", id, { ...now, isOff: true } satisfies KnownLine);
      });
    return hit.length === 0 ? `the open line ${line ?? "?"} is none of ours` : `the open line ${line} was switched off in the portal`;
  };
}
