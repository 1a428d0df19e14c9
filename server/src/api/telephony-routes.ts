import * as contract from "@svyazka/contract";
import { type ConnectionId, LoginNeeded, Refused, readPhone, type Telephony, Unavailable, type WorkspaceId } from "@svyazka/core";
import { Invalid, NotFound } from "@svyazka/crm";
import { touchConnection } from "../connections/manage.ts";
import { matchUsers } from "../connections/match-users.ts";
import type { LiveConnection } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";
import { poll } from "../listening/polls.ts";
import { wholeList } from "./crm/requests.ts";
import { type Implementation, implement } from "./implement.ts";
import { ApiError } from "./problems.ts";

/** PBXs: who has a phone there, calls on a click, calls that are played, and what was not told. */
export function telephonyRoutes(hub: Hub): readonly Implementation[] {
  return [
    implement(contract.startCall, async ({ body, caller, sql }) => {
      const user = body.responsible ?? caller.userId;
      if (user === undefined) throw new Invalid({ responsible: ["say whose phone is to ring: a program has none"] });
      const phone = readPhone(body.phone, caller.workspace.country)?.e164;
      if (phone === undefined) throw new Invalid({ phone: [`"${body.phone}" is not a phone number`] });
      const { live, telephony, account } = await phoneOf(hub, sql.workspace, String(user), body.connection ?? undefined);
      const { call } = await asked(() => telephony.startCall({ account, phone, ...(body.line && { line: body.line }) }));
      return { connection: live.row.id, account, call: call ?? null };
    }),

    implement(contract.listTelephonyUsers, async ({ params, sql }) => {
      const { live, telephony } = await telephonyAt(hub, sql.workspace, params.id);
      const { directory, userMapping } = live.connection;
      const accounts = await asked(() => telephony.users());
      const suggestions = new Map(matchUsers(accounts, directory.users, userMapping).map((match) => [match.account, match]));
      const named = (id: string | undefined) =>
        id === undefined ? null : { id, name: directory.users.find((user) => user.id === id)?.name ?? id };
      return wholeList(accounts, ({ account, name, extension = null, phone = null, email = null }) => {
        const suggestion = suggestions.get(account);
        return {
          ...{ account, name, extension, phone, email },
          user: named(userMapping[account]),
          suggestion: suggestion ? { id: suggestion.user.id, name: suggestion.user.name, by: suggestion.by } : null,
        };
      });
    }),

    implement(contract.matchTelephonyUsers, async ({ params, sql }) => {
      const { live, telephony } = await telephonyAt(hub, sql.workspace, params.id);
      const matches = matchUsers(await asked(() => telephony.users()), live.connection.directory.users, live.connection.userMapping);
      await sql.transaction(async (sql) => {
        await sql.query({
          text: `insert into hub.mapping (workspace, connection, kind, theirs, ours)
                 select $1, $2, 'user', theirs, ours from json_to_recordset($3::json) as x(theirs text, ours text) on conflict do nothing`,
          values: [sql.workspace, params.id, JSON.stringify(matches.map(({ account, user }) => ({ theirs: account, ours: user.id })))],
        });
        await touchConnection(sql, live.row.id);
      });
      hub.registry.forget(sql.workspace);
      return { matched: matches.map(({ account, user, by }) => ({ account, user: user.id, by })) };
    }),

    implement(contract.rehearseCall, async ({ params, body, sql }) => {
      const live = await connectionAt(hub, sql.workspace, params.id);
      const { rehearsal } = live.connected();
      if (!rehearsal) throw new Invalid({ id: [`${live.row.name} is no simulated PBX`] });
      return asked(() =>
        rehearsal.play({
          from: body.from,
          ...(body.line !== undefined && { line: body.line }),
          ...(body.account !== undefined && { account: body.account }),
          ...(body.answer_after_seconds !== undefined && { answerAfterSeconds: body.answer_after_seconds }),
          ...(body.talk_seconds !== undefined && { talkSeconds: body.talk_seconds }),
          ...(body.patience_seconds !== undefined && { patienceSeconds: body.patience_seconds }),
        }),
      );
    }),

    implement(contract.pollConnection, async ({ params, body, sql }) => {
      const live = await connectionAt(hub, sql.workspace, params.id);
      const result = await asked(() => poll(hub, sql.workspace, live.row.id, new Date(body.since)));
      if (!result) throw new Invalid({ id: [`${live.row.name} has nothing that could be asked for`] });
      return { ...result };
    }),
  ];
}

async function connectionAt(hub: Hub, workspace: WorkspaceId, id: number): Promise<LiveConnection> {
  const live = (await hub.registry.view(workspace)).connections.get(id as ConnectionId);
  if (!live) throw new NotFound("connection", id);
  if (live.row.state !== "active") throw new Invalid({ id: [`${live.row.name} is disabled`] });
  return live;
}

async function telephonyAt(hub: Hub, workspace: WorkspaceId, id: number): Promise<{ live: LiveConnection; telephony: Telephony }> {
  const live = await connectionAt(hub, workspace, id);
  const { telephony } = live.connected();
  if (!telephony) throw new Invalid({ id: [`${live.row.name} is no PBX that can be asked: it only tells`] });
  return { live, telephony };
}

/** The PBX asked for, or the first one at which this person has a phone. */
async function phoneOf(
  hub: Hub,
  workspace: WorkspaceId,
  user: string,
  connection: number | undefined,
): Promise<{ live: LiveConnection; telephony: Telephony; account: string }> {
  const view = await hub.registry.view(workspace);
  const candidates =
    connection === undefined
      ? [...view.connections.values()].filter(({ row }) => row.state === "active")
      : [await connectionAt(hub, workspace, connection)];
  for (const live of candidates) {
    const { telephony } = live.connected();
    const { userMapping } = live.connection;
    const account = Object.keys(userMapping).find((theirs) => userMapping[theirs] === user);
    if (telephony && account !== undefined) return { live, telephony, account };
  }
  throw new Invalid({ responsible: ["this person has no phone at a connected PBX: map an account of the PBX to them first"] });
}

/** What a port says, as an answer of the API. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw new ApiError(409, error.message);
    if (error instanceof LoginNeeded) throw new ApiError(409, `The PBX wants a new sign-in: ${error.message}`);
    if (error instanceof Unavailable) throw new ApiError(502, error.message);
    throw error;
  }
}
