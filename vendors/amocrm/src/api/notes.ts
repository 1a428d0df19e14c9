import { type EntityType, entityTypes, type FieldProblem, fieldProblem, type Note } from "../protocol.ts";
import type { NoteDraft, NoteQuery } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";
import { anything, choice, either, int, moment, number, object, type ReadBy, required, type Shape, text } from "./shape.ts";

/** Notes, calls among them. Source: crm_platform/events-and-notes */

export const noteRoutes: readonly Route[] = entityTypes.flatMap((of) => [
  route("GET", `/api/v4/${of}/notes`, listNotes(of)),
  route("POST", `/api/v4/${of}/notes`, createNotes(of)),
  route("PATCH", `/api/v4/${of}/notes`, updateNotes(of)),
  route("GET", `/api/v4/${of}/notes/{id}`, oneNote(of, 0)),
  route("PATCH", `/api/v4/${of}/notes/{id}`, updateNote(of, 0)),
  route("GET", `/api/v4/${of}/{id}/notes`, listNotes(of)),
  route("POST", `/api/v4/${of}/{id}/notes`, createNotes(of)),
  route("PATCH", `/api/v4/${of}/{id}/notes`, updateNotes(of)),
  route("GET", `/api/v4/${of}/{id}/notes/{id}`, oneNote(of, 1)),
  route("PATCH", `/api/v4/${of}/{id}/notes/{id}`, updateNote(of, 1)),
]);

const words = object({ text: required(text(65_535)) });
const call = object({
  uniq: text(255),
  duration: required(int(0, 10_000_000)),
  source: required(text(255)),
  link: text(2048),
  phone: required(text(255)),
  call_responsible: either(int(0), text(255)),
  call_result: text(65_535),
  call_status: choice([1, 2, 3, 4, 5, 6, 7]),
});
const service = object({ service: required(text(255)), text: required(text(65_535)) });
const sms = object({ text: required(text(65_535)), phone: required(text(255)) });

/** What one may write of each type; the others are only read. */
export const noteParams: Readonly<Record<string, Shape<unknown>>> = {
  common: words,
  call_in: call,
  call_out: call,
  service_message: service,
  extended_service_message: service,
  message_cashier: object({ status: required(choice(["created", "shown", "canceled"])), text: required(text(65_535)) }),
  geolocation: object({
    text: required(text(65_535)),
    address: required(text(2048)),
    longitude: required(either(number, text(64))),
    latitude: required(either(number, text(64))),
  }),
  sms_in: sms,
  sms_out: sms,
  attachment: object({ file_uuid: required(text(64)), version_uuid: text(64), file_name: text(255) }),
};

const shape = object({
  id: int(1),
  entity_id: int(1),
  note_type: choice(Object.keys(noteParams)),
  params: anything,
  responsible_user_id: int(0),
  created_by: int(0),
  updated_by: int(0),
  created_at: moment,
  updated_at: moment,
  is_need_to_trigger_digital_pipeline: anything,
  request_id: anything,
  account_id: anything,
  group_id: anything,
});

/** A changed note keeps its type, so that what it may hold is known from `current`. */
function read(
  of: EntityType,
  sent: unknown,
  problems: FieldProblem[],
  current?: Note,
): (Partial<NoteDraft> & { entity_type: EntityType; id?: number }) | undefined {
  const item = shape(sent, "", problems);
  if (!item) return undefined;
  const type = item.note_type ?? current?.note_type;
  if (type === undefined) problems.push(fieldProblem("FieldMissing", "note_type"));
  const params = type === undefined || item.params === undefined ? undefined : noteParams[type]?.(item.params, "params", problems);
  if (item.params === undefined && !current) problems.push(fieldProblem("FieldMissing", "params"));
  return { entity_type: of, ...draftOf(item), ...given({ params: params as NoteDraft["params"] | undefined }) };
}

const draftOf = ({ id, entity_id, note_type, responsible_user_id, created_by, updated_by, created_at, updated_at }: ReadBy<typeof shape>) =>
  given({ id, entity_id, note_type, responsible_user_id, created_by, updated_by, created_at, updated_at });

/** `/leads/7/notes` is about one lead, `/leads/notes` about any. */
const ownerOf = (at: At): number | undefined => (at.params.length > 0 ? idAt(at) : undefined);

function listNotes(of: EntityType): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const owner = ownerOf(at);
    const entityIds = filter?.ids("entity_id");
    const read: NoteQuery = {
      entityType: of,
      ...pagingOf(query),
      ...orderOf(query, ["updated_at", "id"]),
      ...given({
        ids: filter?.ids("id"),
        entityIds: owner === undefined ? entityIds : [owner],
        types: filter?.texts("note_type"),
        updatedAt: filter?.range("updated_at", "from"),
      }),
    };
    query.done();
    const found = await at.account.notes(read);
    return pageAnswer(
      at,
      "notes",
      read,
      found,
      found.items.map((note) => linkedNote(at, of, note)),
    );
  };
}

const linkedNote = <T extends { readonly id: number; readonly entity_id: number }>(at: At, of: EntityType, note: T) =>
  linked(at, `${of}/${note.entity_id}/notes`, note, note.id);

async function byIds(at: At, of: EntityType, ids: readonly number[]): Promise<Map<number, Note>> {
  const { items } = await at.account.notes({ entityType: of, page: 1, limit: Math.max(ids.length, 1), ids });
  return new Map(items.map((note) => [note.id, note]));
}

function oneNote(of: EntityType, place: number): Handler {
  return async (at) => {
    const id = idAt(at, place);
    const note = (await byIds(at, of, [id])).get(id);
    return note && { body: linkedNote(at, of, note) };
  };
}

function createNotes(of: EntityType): Handler {
  return async (at) => {
    const owner = ownerOf(at);
    const items = await readItems(at.json(), (item, problems) => {
      const draft = read(of, item, problems);
      if (draft && owner === undefined && draft.entity_id === undefined) problems.push(fieldProblem("FieldMissing", "entity_id"));
      return draft && ({ ...draft, entity_id: owner ?? draft.entity_id } as NoteDraft);
    });
    const made = await writeItems(at.account, items, (pen, draft) => pen.createNote(draft));
    return {
      body: {
        _links: selfOf(at),
        _embedded: {
          notes: made.map(({ result: id, requestId, draft: { entity_id } }) =>
            linkedNote(at, of, { id, entity_id, request_id: requestId }),
          ),
        },
      },
    };
  };
}

function updateNotes(of: EntityType): Handler {
  return async (at) => {
    const sent = at.json();
    const there = await byIds(at, of, idsIn(sent));
    const items = await readItems(sent, (item, problems) => {
      const current = there.get(idsIn([item])[0] ?? 0);
      // One that is not there is told so below.
      const draft = current ? read(of, item, problems, current) : shape(item, "", problems) && { entity_type: of, id: idsIn([item])[0] };
      mustHaveId(draft as { id?: number } | undefined, problems);
      return draft as Partial<NoteDraft> & { entity_type: EntityType; id?: number };
    });
    mustAllBeThere(items, there);
    await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateNote(id ?? 0, draft));
    const after = await byIds(at, of, idsOf(items));
    return {
      body: {
        _links: selfOf(at),
        _embedded: {
          notes: items.map(({ draft: { id = 0 }, requestId }) =>
            linkedNote(at, of, { ...changed(after.get(id), id), request_id: requestId }),
          ),
        },
      },
    };
  };
}

/** The ids of what was sent, as far as they are any. */
const idsIn = (sent: unknown): number[] =>
  (Array.isArray(sent) ? sent : [sent]).flatMap((item: { id?: unknown } | null) =>
    Number.isSafeInteger(item?.id) ? [Number(item?.id)] : [],
  );

const changed = (note: Note | undefined, id: number) => ({ id, entity_id: note?.entity_id ?? 0, updated_at: note?.updated_at ?? 0 });

function updateNote(of: EntityType, place: number): Handler {
  return async (at) => {
    const id = idAt(at, place);
    const current = (await byIds(at, of, [id])).get(id);
    if (!current) throw notFound();
    const { id: _, ...draft } = await readOne(at.json(), (item, problems) => read(of, item, problems, current));
    await at.account.write((pen) => pen.updateNote(id, draft));
    return { body: linkedNote(at, of, changed((await byIds(at, of, [id])).get(id), id)) };
  };
}
