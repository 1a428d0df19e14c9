import { createHash, randomUUID } from "node:crypto";
import { answerMessages } from "./messages.ts";
import { bound, keepMedia, linkSeconds, mediaOf, mediaSeconds, nowSeconds, type State } from "./state.ts";
import { type Answer, answerOf, missing, readBody, refuse } from "./wire.ts";

export interface Asked {
  readonly method: string;
  /** With the version, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Answers one request as the Graph API does. `origin` is where files are fetched; `tell` brings a hook. */
export async function answerGraph(state: State, asked: Asked, origin: string, tell: (hook: object) => void): Promise<Answer> {
  const { method, path, authorization } = asked;
  const isKnown = authorization === `Bearer ${state.token}`;
  const file = /^\/media\/([\w-]+)$/.exec(path)?.[1];
  if (file !== undefined) return isKnown ? serveFile(state, file) : refuse(401, 190, "Invalid OAuth access token");
  const [, id = "", edge] = /^\/v\d+\.\d+\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (id === "") return refuse(400, 2500, "Unknown path components");
  if (!isKnown) return refuse(401, 190, "Invalid OAuth access token - Cannot parse access token");
  if (state.switches.expired) return refuse(401, 190, "Error validating access token: Session has expired", undefined, 463);
  if (state.switches.floodSeconds !== undefined)
    return {
      ...refuse(
        429,
        130429,
        "(#130429) Rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number in a short period of time",
      ),
      headers: { "retry-after": String(state.switches.floodSeconds) },
    };
  const isOwn = id === state.phoneNumberId;
  if (isOwn && edge === undefined && method === "GET") return answerOf(numberOf(state, asked.query));
  if (isOwn && edge === "messages" && method === "POST") {
    const body = readBody(asked.bytes);
    return body ? answerMessages(state, body, tell) : refuse(400, 100, "(#100) Invalid parameter", "the body is no JSON object");
  }
  if (isOwn && edge === "media" && method === "POST") return upload(state, asked);
  if (id === state.wabaId && edge === "message_templates" && method === "GET") return templatesOf(state, asked, origin);
  if (edge === undefined && method === "GET") return describeMedia(state, id, origin);
  return missing(id);
}

function numberOf({ phoneNumberId, phone }: State, query: URLSearchParams): object {
  const all: Record<string, unknown> = {
    ...{ id: phoneNumberId, display_phone_number: `+${phone}`, verified_name: "Lucky Shrub", quality_rating: "GREEN", status: "CONNECTED" },
    ...{ code_verification_status: "VERIFIED", name_status: "APPROVED", throughput: { level: "STANDARD" } },
  };
  const fields = query.get("fields")?.split(",") ?? Object.keys(all);
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === "id" || fields.includes(name)));
}

async function upload(state: State, { type, bytes }: Asked): Promise<Answer> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData().catch(() => undefined);
  const file = form?.get("file");
  if (form?.get("messaging_product") !== "whatsapp" || typeof file !== "object" || file === null)
    return refuse(400, 100, "(#100) Invalid parameter", "messaging_product and file are required");
  const declared = form.get("type");
  const content = new Uint8Array(await file.arrayBuffer());
  const media = keepMedia(state, {
    bytes: content,
    name: file.name,
    type: typeof declared === "string" ? declared : file.type,
    livesSeconds: mediaSeconds.uploaded,
  });
  return answerOf({ id: media.id });
}

function describeMedia(state: State, id: string, origin: string): Answer {
  const media = mediaOf(state, id);
  if (!media) return missing(id);
  const link = randomUUID();
  state.links.set(link, { id, until: nowSeconds(state) + linkSeconds });
  bound(state.links, 1_000);
  return answerOf({
    ...{ messaging_product: "whatsapp", url: `${origin}/media/${link}`, mime_type: media.type },
    ...{ sha256: createHash("sha256").update(media.bytes).digest("hex"), file_size: media.bytes.length, id },
  });
}

function serveFile(state: State, link: string): Answer {
  const found = state.links.get(link);
  const media = found && found.until >= nowSeconds(state) ? mediaOf(state, found.id) : undefined;
  return media ? { status: 200, type: media.type, body: media.bytes } : { status: 404, type: "text/plain", body: "Not Found" };
}

function templatesOf({ templates, wabaId }: State, { query, path }: Asked, origin: string): Answer {
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 25) || 25, 1), 100);
  const start = Math.max(0, Number(Buffer.from(query.get("after") ?? "", "base64url").toString()) || 0);
  const end = Math.min(start + limit, templates.length);
  const cursor = (place: number): string => Buffer.from(String(place)).toString("base64url");
  const more = new URLSearchParams({ ...Object.fromEntries(query), after: cursor(end) });
  return answerOf({
    data: templates.slice(start, end).map((template, index) => ({ ...template, id: `${wabaId}${start + index}` })),
    paging: {
      cursors: { before: cursor(start), after: cursor(end) },
      ...(end < templates.length && { next: `${origin}${path}?${more.toString()}` }),
    },
  });
}
