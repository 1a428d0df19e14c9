import type { ConnectionId, Directory, Events, EventType, Fields, InboundRequest, Received, Reply, WorkspaceId } from "@svyazka/core";
import { fivecrm } from "../src/adapter.ts";
import { type Site, settings } from "../src/settings.ts";

export const now = new Date("2026-03-02T10:00:00Z");

/** What the seed's own samples show, as a CRM's directory, and a little more. */
export const directory: Directory = {
  users: [
    { id: "1", name: "Ivanov", phone: "+790000000", email: "test@example.com", avatar: "http://domain/path/for/ava", active: true },
    { id: "2", name: "Gone", active: false },
  ],
  pipelines: [
    { id: "1", name: "MyFunnels", isDefault: true, stages: [{ id: "1", name: "MyStage", kind: "open" }] },
    {
      id: "7",
      name: "Other",
      isDefault: false,
      stages: [
        { id: "70", name: "Start", kind: "incoming" },
        { id: "C7:NEW", name: "Named", kind: "open" },
      ],
    },
  ],
  fields: { contact: [], company: [], deal: [{ id: "500", code: "f_1", name: "Кастомное поле 1", type: "text" }] },
  taskTypes: [{ id: "1", name: "Call" }],
  sources: [{ id: "3", name: "Site" }],
};

type Overrides = {
  settings?: Partial<Site["settings"]>;
  secrets?: Partial<Site["secrets"]>;
  directory?: Partial<Directory>;
  mapping?: Fields;
  language?: "ru" | "en";
};

export function siteWith(overrides: Overrides = {}): Site {
  const defaults = Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => ("default" in setting ? [[name, setting.default]] : [])),
  );
  return {
    id: 5 as ConnectionId,
    name: "example.ru",
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "demo",
      name: "Demo",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: overrides.language ?? "en",
      currency: "RUB",
    },
    settings: { ...(defaults as unknown as Site["settings"]), ...overrides.settings },
    secrets: {
      public_token: "public",
      secret_token: "secret",
      signing_key: "key",
      vk_secret: undefined,
      google_key: undefined,
      ...overrides.secrets,
    },
    directory: { ...directory, ...overrides.directory },
    userMapping: {},
    stageMapping: {},
    fieldMapping: overrides.mapping ?? {},
  };
}
export const site = siteWith();

const bare = { query: {}, form: {}, headers: {}, files: [], text: "", ip: "203.0.113.7" };

export const post = (path: string, form: Fields = {}, rest: Partial<InboundRequest> = {}): InboundRequest => ({
  ...bare,
  method: "POST",
  path,
  form,
  ...rest,
});
export const get = (path: string, query: Fields = {}, rest: Partial<InboundRequest> = {}): InboundRequest => ({
  ...bare,
  method: "GET",
  path,
  query,
  ...rest,
});
export const postJson = (path: string, json: unknown, rest: Partial<InboundRequest> = {}): InboundRequest => ({
  ...bare,
  method: "POST",
  path,
  json,
  form: flatten(json),
  headers: { "content-type": "application/json" },
  text: JSON.stringify(json),
  ...rest,
});

/** As the server flattens: `a[b]=1`. */
function flatten(json: unknown): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const walk = (value: unknown, name: string): void => {
    if (value === null) fields[name] = "";
    else if (typeof value === "object") for (const [key, item] of Object.entries(value)) walk(item, name === "" ? key : `${name}[${key}]`);
    else fields[name] = String(value);
  };
  if (typeof json === "object" && json !== null) walk(json, "");
  return fields;
}

export function receive(request: InboundRequest, to: Site = site, at: Date = now): Received {
  const received = fivecrm.receive?.(request, to, at);
  if (!received) throw new Error("The vendor receives nothing");
  return received;
}

export function replyOf(received: Received): Reply {
  if ("page" in received) return received.page;
  if ("answer" in received) return received.otherwise;
  return received.reply;
}

/** The one fact a request brings. */
export function factFrom<T extends EventType = "lead.submitted">(request: InboundRequest, to: Site = site, at: Date = now) {
  const received = receive(request, to, at);
  if (!("facts" in received)) throw new Error(`No facts: ${JSON.stringify(received)}`);
  const [fact, ...more] = received.facts;
  if (!fact || more.length > 0) throw new Error("Not one fact");
  return { ...fact, data: fact.data as Events[T], reply: received.reply };
}

export const leadFrom = (request: InboundRequest, to: Site = site, at: Date = now): Events["lead.submitted"] =>
  factFrom(request, to, at).data;
