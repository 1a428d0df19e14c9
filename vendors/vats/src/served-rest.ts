import { type InboundRequest, type Received, Refused, type Reply, Unavailable } from "@svyazka/core";
import { reply, sentBy } from "./door.ts";
import { engineOf } from "./engine.ts";
import {
  keyHeader,
  readRestCall,
  restPath,
  writeDnd,
  writeHistoryJson,
  writeMessage,
  writeRestUsers,
  writeSubscription,
} from "./protocol.ts";
import { type Asked, accounts, everybody, findAccount, guest, hasDnd, history, setDnd } from "./served-commands.ts";
import { dialectOf, type Line } from "./settings.ts";

/** `/crmapi/v1/…`: the later side of the PBX that we are. */
export function receiveRest(request: InboundRequest, line: Line): Received {
  const refuse = (status: number, words: string): Received => ({ ignored: words, reply: message(status, words) });
  if (dialectOf(line) !== "v1") return refuse(404, "Not found");
  const route = routes.find(({ method, path }) => method === request.method && path.test(request.path.slice(restPath.length)));
  if (!route)
    return routes.some(({ path }) => path.test(request.path.slice(restPath.length)))
      ? refuse(405, "Method not allowed")
      : refuse(404, "Not found");
  return {
    async answer(kit) {
      const accountOf = await guest(request.headers[keyHeader] ?? "", line, kit);
      if (!accountOf) return message(401, "Invalid token");
      const [, name = ""] = route.path.exec(request.path.slice(restPath.length)) ?? [];
      try {
        return await route.answer({ line, kit, engine: engineOf(line, kit), sent: sentBy(request), accountOf }, decode(name));
      } catch (error) {
        if (error instanceof Refused) return message(400, error.message);
        if (error instanceof Unavailable) return message(503, error.message);
        throw error;
      }
    },
    otherwise: message(503, "Service unavailable"),
    withinMs: 15_000,
  };
}

const message = (status: number, words: string): Reply => reply(status, writeMessage(words), status === 503 ? { "retry-after": "5" } : {});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  answer(asked: Asked, name: string): Promise<Reply>;
}

/** Do-not-disturb and a subscription are one switch here: there is one group. */
const member = (what: string, write: (dnd: boolean) => string, dndWhen: Readonly<Record<"POST" | "DELETE", boolean>>): Route[] => {
  const path = new RegExp(`^/users/([^/]+)/${what}$`);
  const known = async ({ engine }: Asked, name: string) => {
    const account = await findAccount(engine, name);
    if (account === undefined) throw new Refused(`There is no user ${name}`);
    return account;
  };
  return [
    { method: "GET", path, answer: async (asked, name) => reply(200, write(await hasDnd(asked.kit, await known(asked, name)))) },
    ...(["POST", "DELETE"] as const).map((method) => ({
      ...{ method, path },
      async answer(asked: Asked, name: string) {
        await setDnd(asked.kit, await known(asked, name), dndWhen[method]);
        return reply(200, write(dndWhen[method]));
      },
    })),
  ];
};

const routes: readonly Route[] = [
  { method: "GET", path: /^\/users$/, answer: async ({ engine }) => reply(200, writeRestUsers(await accounts(engine))) },
  {
    method: "GET",
    path: /^\/users\/([^/]+)$/,
    async answer({ engine }, name) {
      const found = (await accounts(engine)).filter((account) => account.name === name);
      const [one] = (JSON.parse(writeRestUsers(found)) as { items: object[] }).items;
      return one ? reply(200, JSON.stringify(one)) : message(404, "Not found");
    },
  },
  { method: "GET", path: /^\/groups$/, answer: async ({ line }) => reply(200, JSON.stringify({ items: [restGroup(line)] })) },
  {
    method: "GET",
    path: /^\/groups\/([^/]+)$/,
    answer: async ({ line }, id) => (id === everybody(line).id ? reply(200, JSON.stringify(restGroup(line))) : message(404, "Not found")),
  },
  {
    method: "POST",
    path: /^\/makecall$/,
    async answer({ engine, sent, accountOf }) {
      const call = readRestCall(sent);
      if ("wrong" in call) return message(400, `Invalid parameters: ${call.wrong.join(", ")}`);
      const account = await findAccount(engine, accountOf(call.user));
      if (account === undefined) return message(400, "Invalid parameters: user");
      if (!/\d{2}/.test(call.phone)) return message(400, "Invalid parameters: phone");
      const { call: callid = "" } = await engine.startCall({
        account,
        phone: call.phone,
        ...(call.clid !== undefined && { line: call.clid }),
      });
      return reply(200, JSON.stringify({ callid }));
    },
  },
  { method: "GET", path: /^\/history\/json$/, answer: async (asked) => reply(200, writeHistoryJson(await history(asked))) },
  ...member("dnd", writeDnd, { POST: true, DELETE: false }),
  ...member("subscription", (dnd) => writeSubscription(!dnd), { POST: false, DELETE: true }),
  { method: "GET", path: /^\/domain$/, answer: async ({ line }) => reply(200, JSON.stringify({ timezone: line.workspace.timeZone })) },
];

const restGroup = (line: Line) => ({ id: everybody(line).id, name: everybody(line).realName });
