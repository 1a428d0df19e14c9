import type { FieldProblem } from "../protocol.ts";
import type { UnsortedDraft } from "./account.ts";
import { readItems, readOne, writeItems } from "./batch.ts";
import { type At, type Handler, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";
import { readDraft } from "./record-shapes.ts";
import { anything, choice, int, list, moment, object, required, text } from "./shape.ts";

/** `/api/v4/leads/unsorted`: what nobody has taken yet. Source: crm_platform/unsorted-api */

const categories = ["sip", "mail", "forms", "chats"] as const;

function readFilter(query: Query) {
  const filter = query.below("filter");
  const read = given({
    uids: filter?.texts("uid"),
    categories: filter?.texts("category"),
    pipelines: filter?.ids("pipeline_id"),
    createdAt: filter?.range("created_at", "from"),
  });
  if (read.categories?.some((one) => !(categories as readonly string[]).includes(one))) filter?.wrong("category", "NotSupportedChoice");
  return read;
}

async function listUnsorted(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const read = { ...pagingOf(query), ...orderOf(query, ["created_at", "updated_at"]), ...readFilter(query) };
  query.done();
  const found = await at.account.unsorted(read);
  return pageAnswer(
    at,
    "unsorted",
    read,
    found,
    found.items.map((item) => linked(at, "leads/unsorted", item, item.uid)),
  );
}

async function summary(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const read = readFilter(query);
  query.done();
  return { body: { ...(await at.account.unsortedSummary(read)), _links: selfOf(at) } };
}

const byUid = async (at: At) => (await at.account.unsorted({ page: 1, limit: 1, uids: [at.params[0] ?? ""] })).items[0];

async function oneUnsorted(at: At): ReturnType<Handler> {
  const item = await byUid(at);
  return item && { body: linked(at, "leads/unsorted", item, item.uid) };
}

const forms = object({
  form_id: required(text(255)),
  form_name: required(text(255)),
  form_page: required(text(2048)),
  form_sent_at: moment,
  ip: text(64),
  referer: text(2048),
  visitor_uid: anything,
});
const sip = object({
  from: required(text(64)),
  phone: required(text(64)),
  called_at: moment,
  duration: int(),
  link: text(2048),
  service_code: text(255),
  uniq: text(255),
  is_call_event_needed: anything,
  call_responsible: anything,
});
const metadata = { forms, sip } as const;

/** In `leads/complex`, with its category beside the rest. */
export function readMetadata(sent: unknown, problems: FieldProblem[]): Pick<UnsortedDraft, "category" | "metadata"> | undefined {
  const { category, ...rest } = (typeof sent === "object" && sent !== null ? sent : {}) as Record<string, unknown>;
  const read = choice(["sip", "forms"])(category, "_embedded.metadata.category", problems);
  if (read === undefined) return undefined;
  const found = metadata[read](rest, "_embedded.metadata", problems);
  return found && { category: read, metadata: found };
}

function createUnsorted(category: "sip" | "forms"): Handler {
  const shape = object({
    source_uid: required(text(255)),
    source_name: required(text(255)),
    pipeline_id: int(1),
    created_at: moment,
    metadata: required<unknown>(metadata[category]),
    request_id: anything,
    _embedded: object({ leads: list(anything, 1), contacts: list(anything, 1), companies: list(anything, 1) }),
  });
  return async (at) => {
    const items = await readItems<UnsortedDraft>(at.json(), async (item, problems) => {
      const sent = shape(item, "", problems);
      if (!sent) return undefined;
      const below = async <K extends "leads" | "contacts" | "companies">(of: K) => {
        const one = sent._embedded?.[of]?.[0];
        if (one === undefined) return undefined;
        const found: FieldProblem[] = [];
        const draft = await readDraft(at.account, of, one, found);
        problems.push(...found.map((problem) => ({ ...problem, path: `_embedded.${of}.0.${problem.path}` })));
        return draft;
      };
      const [lead, contact, company] = [await below("leads"), await below("contacts"), await below("companies")];
      const { source_uid, source_name, pipeline_id, created_at } = sent;
      return {
        ...{ category, source_uid, source_name, metadata: sent.metadata as UnsortedDraft["metadata"], lead: lead ?? {} },
        ...given({ pipeline_id, created_at, contact, company }),
      };
    });
    const made = await writeItems(at.account, items, (pen, draft) => pen.createUnsorted(draft));
    return {
      body: {
        _total_items: made.length,
        _links: selfOf(at),
        _embedded: {
          unsorted: made.map(({ result: { uid, account_id, _embedded }, requestId }) =>
            linked(at, "leads/unsorted", { uid, account_id, request_id: requestId, _embedded }, uid),
          ),
        },
      },
    };
  };
}

const acceptance = object({ user_id: int(1), status_id: int(1) });
const refusal = object({ user_id: int(1) });

async function acceptUnsorted(at: At): ReturnType<Handler> {
  const item = await byUid(at);
  if (!item) throw notFound();
  const by = at.request.body.trim() === "" ? {} : await readOne(at.json(), (sent, problems) => acceptance(sent, "", problems));
  await at.account.write((pen) => pen.acceptUnsorted(item.uid, by));
  return { body: outcomeOf(at, item) };
}

async function declineUnsorted(at: At): ReturnType<Handler> {
  const item = await byUid(at);
  if (!item) throw notFound();
  const by = at.request.body.trim() === "" ? {} : await readOne(at.json(), (sent, problems) => refusal(sent, "", problems));
  await at.account.write((pen) => pen.declineUnsorted(item.uid, by));
  return { body: outcomeOf(at, item) };
}

const outcomeOf = (at: At, { uid, pipeline_id, category, created_at, _embedded }: NonNullable<Awaited<ReturnType<typeof byUid>>>) => ({
  ...{ uid, pipeline_id, category, created_at },
  _links: selfOf(at),
  _embedded,
});

export const unsortedRoutes: readonly Route[] = [
  route("GET", "/api/v4/leads/unsorted", listUnsorted),
  route("GET", "/api/v4/leads/unsorted/summary", summary),
  route("POST", "/api/v4/leads/unsorted/sip", createUnsorted("sip")),
  route("POST", "/api/v4/leads/unsorted/forms", createUnsorted("forms")),
  route("GET", "/api/v4/leads/unsorted/{uid}", oneUnsorted),
  route("POST", "/api/v4/leads/unsorted/{uid}/accept", acceptUnsorted),
  route("DELETE", "/api/v4/leads/unsorted/{uid}/decline", declineUnsorted),
];
