import { type FieldProblem, fieldProblem, type Source, writeProblem } from "../protocol.ts";
import type { SourceDraft } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, readShaped, writeItems } from "./batch.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, Query, selfOf, wholeAnswer } from "./query.ts";
import { anything, flag, int, nullable, object, required, text } from "./shape.ts";

/** Where leads of this integration come from. Source: crm_platform/sources-api */

export const sourceRoutes: readonly Route[] = [
  route("GET", "/api/v4/sources", listSources),
  route("POST", "/api/v4/sources", createSources),
  route("PATCH", "/api/v4/sources", updateSources),
  route("DELETE", "/api/v4/sources", removeSources),
  route("GET", "/api/v4/sources/{id}", oneSource),
  route("PATCH", "/api/v4/sources/{id}", updateSource),
  route("DELETE", "/api/v4/sources/{id}", removeSource),
];

const mostAtOnce = 50;
const shape = object({
  id: int(1),
  name: text(255, 1),
  external_id: text(36, 1),
  pipeline_id: int(1),
  default: flag,
  origin_code: nullable(text(255)),
  services: anything,
  request_id: anything,
});

function read(sent: unknown, problems: FieldProblem[], isNew: boolean): (SourceDraft & { readonly id?: number }) | undefined {
  const item = shape(sent, "", problems);
  if (!item) return undefined;
  const { id, name, external_id, pipeline_id, default: isDefault, origin_code, services } = item;
  if (isNew)
    for (const [member, value] of Object.entries({ name, external_id }))
      if (value === undefined) problems.push(fieldProblem("FieldMissing", member));
  if (external_id !== undefined && !/^[\x20-\x7e]+$/.test(external_id)) problems.push(fieldProblem("InvalidFormat", "external_id"));
  if (services !== undefined && !Array.isArray(services)) problems.push(fieldProblem("InvalidType", "services"));
  return given({
    id,
    name,
    external_id,
    pipeline_id,
    default: isDefault,
    origin_code,
    services: services as readonly unknown[] | undefined,
  });
}

const written = (at: At, source: Source) => linked(at, "sources", source, source.id);

async function listSources(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const wanted = query.below("filter")?.texts("external_id");
  query.done();
  const sources = (await at.account.sources()).filter(({ external_id }) => wanted === undefined || wanted.includes(external_id));
  return wholeAnswer(
    at,
    "sources",
    sources.map((one) => written(at, one)),
  );
}

const sourceAt = async (at: At): Promise<Source | undefined> => (await at.account.sources()).find(({ id }) => id === idAt(at));

async function oneSource(at: At): ReturnType<Handler> {
  const found = await sourceAt(at);
  return found && { body: written(at, found) };
}

async function answerOf(at: At, done: readonly { readonly id: number; readonly requestId: string }[]) {
  const sources = await at.account.sources();
  return {
    body: {
      _total_items: done.length,
      _links: selfOf(at),
      _embedded: {
        sources: done.flatMap(({ id, requestId }) => {
          const one = sources.find((source) => source.id === id);
          return one ? [{ ...written(at, one), request_id: requestId }] : [];
        }),
      },
    },
  };
}

async function createSources(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => read(item, problems, true), mostAtOnce);
  const made = await writeItems(at.account, items, (pen, draft) => pen.createSource(draft));
  return answerOf(
    at,
    made.map(({ result: id, requestId }) => ({ id, requestId })),
  );
}

async function updateSources(at: At): ReturnType<Handler> {
  const items = await readItems(
    at.json(),
    (item, problems) => {
      const draft = read(item, problems, false);
      mustHaveId(draft, problems);
      return draft;
    },
    mostAtOnce,
  );
  mustAllBeThere(items, new Set((await at.account.sources()).map(({ id }) => id)));
  await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateSource(id ?? 0, draft));
  return answerOf(
    at,
    items.map(({ draft, requestId }) => ({ id: draft.id ?? 0, requestId })),
  );
}

async function updateSource(at: At): ReturnType<Handler> {
  const { id: _, ...draft } = await readOne(at.json(), (sent, problems) => read(sent, problems, false));
  if (!(await sourceAt(at))) throw notFound();
  await at.account.write((pen) => pen.updateSource(idAt(at), draft));
  const after = await sourceAt(at);
  return after && { body: written(at, after) };
}

async function removeSources(at: At): ReturnType<Handler> {
  const items = await readShaped(at.json(), object({ id: required(int(1)) }), mostAtOnce);
  const known = new Set((await at.account.sources()).map(({ id }) => id));
  const unknown = items.find(({ draft }) => !known.has(draft.id));
  // A shape of its own: see the documents' example.
  if (unknown) {
    const { title, type, status } = writeProblem(400, "");
    const errors = { code: "EntityNotFound", path: "id", detail: "Entity not found" };
    return {
      status: 400,
      type: "application/problem+json",
      body: { errors: [{ request_id: unknown.requestId, errors }], title, type, status, detail: "Invalid request items" },
    };
  }
  await at.account.write(async (pen) => {
    for (const id of idsOf(items)) await pen.removeSource(id);
  });
  return undefined;
}

async function removeSource(at: At): ReturnType<Handler> {
  if (!(await sourceAt(at))) throw notFound();
  await at.account.write((pen) => pen.removeSource(idAt(at)));
  return undefined;
}
