import { fieldProblem, hookNames, type Webhook } from "../protocol.ts";
import { Missing } from "./account.ts";
import { readOne } from "./batch.ts";
import { type At, type Handler, notFound, type Route, route } from "./http.ts";
import { linked, Query, selfOf, wholeAnswer } from "./query.ts";
import { anything, int, list, object, required, text } from "./shape.ts";

/** Who is told what. Sources: crm_platform/webhooks-api; of v2, real clients */

export const webhookRoutes: readonly Route[] = [
  route("GET", "/api/v4/webhooks", listWebhooks),
  route("POST", "/api/v4/webhooks", subscribe),
  route("DELETE", "/api/v4/webhooks", unsubscribe),
  route("GET", "/api/v2/webhooks", listOld),
  route("POST", "/api/v2/webhooks/subscribe", subscribeOld),
  route("POST", "/api/v2/webhooks/unsubscribe", unsubscribeOld),
];

const address = (value: unknown, path: string, problems: Parameters<ReturnType<typeof text>>[2]): string | undefined => {
  const read = text(2048, 1)(value, path, problems);
  if (read === undefined) return undefined;
  const url = URL.parse(read);
  // Addresses with Cyrillic names are not called.
  if (url && /^https?:$/.test(url.protocol) && /^[\x21-\x7e]+$/.test(new URL("/", read).host) && !url.host.startsWith("xn--")) return read;
  problems.push(fieldProblem("InvalidFormat", path, "This value is not a valid URL."));
  return undefined;
};

const settings = list(
  (value, path, problems) => {
    if (typeof value === "string" && hookNames.has(value)) return value;
    problems.push(fieldProblem("NotSupportedChoice", path));
    return undefined;
  },
  100,
  1,
);

async function listWebhooks(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const destination = query.below("filter")?.text("destination");
  query.done();
  const hooks = (await at.account.webhooks()).filter((hook) => destination === undefined || hook.destination === destination);
  return wholeAnswer(
    at,
    "webhooks",
    hooks.map((hook) => linked(at, "webhooks", hook, hook.id)),
  );
}

async function subscribe(at: At): ReturnType<Handler> {
  const shape = object({ destination: required(address), settings: required(settings), sort: int(0, 100_000) });
  const { destination, settings: names, sort } = await readOne(at.json(), (sent, problems) => shape(sent, "", problems));
  const hook = await at.account.subscribe(destination, names, sort ?? 0);
  // The object itself, in no envelope.
  return { status: 201, body: linked(at, "webhooks", hook, hook.id) };
}

async function unsubscribe(at: At): ReturnType<Handler> {
  const shape = object({ destination: required(text(2048)), settings: anything });
  const { destination } = await readOne(at.json(), (sent, problems) => shape(sent, "", problems));
  if (!(await at.account.webhooks()).some((hook) => hook.destination === destination)) throw notFound("Webhook not found");
  await at.account.unsubscribe(destination);
  return undefined;
}

const old = ({ destination, settings: events, id, disabled }: Webhook) => ({ id: String(id), url: destination, events, disabled });

async function listOld(at: At): ReturnType<Handler> {
  const hooks = await at.account.webhooks();
  if (hooks.length === 0) return undefined;
  return {
    body: { _links: { self: { href: at.request.path, method: "get" } }, _embedded: { items: hooks.map(old) } },
    type: "application/json",
  };
}

const oldItems = (name: "subscribe" | "unsubscribe") =>
  object({ [name]: required(list(object({ url: required(address), events: settings }), 100, 1)) });

async function subscribeOld(at: At): ReturnType<Handler> {
  const { subscribe: items } = (await readOne(at.json(), (sent, problems) =>
    oldItems("subscribe")(sent, "", problems),
  )) as unknown as OldItems;
  return writeOld(at, items ?? [], ({ url, events = [] }) => at.account.subscribe(url, events, 0));
}

async function unsubscribeOld(at: At): ReturnType<Handler> {
  const { unsubscribe: items } = (await readOne(at.json(), (sent, problems) =>
    oldItems("unsubscribe")(sent, "", problems),
  )) as unknown as OldItems;
  return writeOld(at, items ?? [], ({ url }) =>
    at.account.unsubscribe(url).catch((error: unknown) => {
      if (!(error instanceof Missing)) throw error;
    }),
  );
}

interface OldItem {
  readonly url: string;
  readonly events?: readonly string[];
}
interface OldItems {
  readonly subscribe?: readonly OldItem[];
  readonly unsubscribe?: readonly OldItem[];
}

async function writeOld(at: At, items: readonly OldItem[], write: (item: OldItem) => Promise<unknown>): ReturnType<Handler> {
  for (const item of items) await write(item);
  return {
    body: {
      _links: { ...selfOf(at) },
      _embedded: { items: items.map(({ url, events }) => ({ url, events: events ?? [], result: true })) },
    },
    type: "application/json",
  };
}
