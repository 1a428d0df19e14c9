import { readBrackets, type Tree } from "@svyazka/wire";
import { type EntityType, entityTypes, type FieldProblem, fieldProblem, noteTypeNumbers, oldLink, writeProblem } from "../protocol.ts";
import type { NoteDraft, Pen, TaskDraft } from "./account.ts";
import { Denied, Missing, Unfit } from "./account.ts";
import { type Answer, type At, type Handler, Refusal, type Route, route } from "./http.ts";
import { noteParams } from "./notes.ts";
import { given } from "./query.ts";
import { type Drafts, readDraft } from "./record-shapes.ts";
import { create, find, update } from "./records.ts";

/**
 * Writing API v2: `{add: […], update: […], delete: […]}`, as JSON or as a form with brackets. Unlike v4, one bad item does not hold up the others:
 * it stands among `errors`.
 */

export const oldWriteRoutes: readonly Route[] = [
  ...entityTypes.map((of) => route("POST", `/api/v2/${of}`, writeRecords(of))),
  route("POST", "/api/v2/tasks", writeTasks),
  route("POST", "/api/v2/notes", writeNotes),
];

type Item = Readonly<Record<string, unknown>>;

interface Sent {
  readonly add: readonly Item[];
  readonly update: readonly Item[];
  readonly remove: readonly number[];
}

const most = 500;

function readSent(at: At): Sent {
  const isForm = (at.request.headers["content-type"] ?? "").includes("x-www-form-urlencoded") && !/^\s*[[{]/.test(at.request.body);
  const sent = isForm ? (treeValue(readBrackets(at.request.body)) as Item) : at.json();
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) throw wrongBody();
  const { add, update: changes, delete: gone } = sent as Item;
  if (add === undefined && changes === undefined && gone === undefined) throw wrongBody();
  return { add: itemsOf(add), update: itemsOf(changes), remove: listValue(gone).map(Number).filter(Number.isSafeInteger) };
}

const wrongBody = () => new Refusal(writeProblem(400, 'The body must be {"add": […]} or {"update": […]}'));

function itemsOf(sent: unknown): Item[] {
  const items = listValue(sent);
  if (items.length > most) throw new Refusal(writeProblem(400, `No more than ${most} items at once`));
  return items.map((item) => (typeof item === "object" && item !== null ? (item as Item) : {}));
}

/** A list, or an object of numbered places as PHP makes them. */
const listValue = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : typeof value === "object" ? Object.values(value) : [value];

/** Of a form everything is text: levels whose names are 0, 1, 2… are lists. */
function treeValue(tree: Tree): unknown {
  const names = Object.keys(tree);
  const values = Object.values(tree).map((branch) => (typeof branch === "string" ? branch : treeValue(branch)));
  return names.length > 0 && names.every((name, index) => name === String(index))
    ? values
    : Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/** By comma or as a list. */
const idsValue = (value: unknown): number[] | undefined =>
  value === undefined
    ? undefined
    : (typeof value === "string" ? value.split(",") : listValue(value)).map(Number).filter((id) => Number.isSafeInteger(id) && id > 0);

const numberValue = (value: unknown): number | undefined =>
  value === undefined || value === null || value === "" ? undefined : Number(value);
const textValue = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : String(value));

/** A moment as Unix seconds, as a number or in digits; anything else counts as not sent, as it did. */
const momentValue = (value: unknown): number | undefined => {
  const seconds = numberValue(value);
  return seconds !== undefined && Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
};

interface Done {
  readonly items: object[];
  readonly errors: { add: object[]; update: Record<string, string>; delete: Record<string, string> };
}

const nothingDone = (): Done => ({ items: [], errors: { add: [], update: {}, delete: {} } });

function answer(at: At, { items, errors }: Done): Answer {
  const told = Object.fromEntries(Object.entries(errors).filter(([, list]) => Object.keys(list).length > 0));
  if (items.length === 0 && Object.keys(told).length > 0) throw new OldRefusal(told);
  return {
    body: {
      _links: oldLink(at.request.path, "post"),
      _embedded: { items, ...(Object.keys(told).length > 0 && { errors: told }) },
    },
    type: "application/json; charset=utf-8",
  };
}

class OldRefusal extends Refusal {
  constructor(errors: object) {
    super({ ...writeProblem(400, "Request validation failed"), errors } as unknown as ReturnType<typeof writeProblem>);
  }
}

/** Runs one item by itself; what is wrong with it is words. */
async function attempt(at: At, work: (pen: Pen) => Promise<void>): Promise<string | undefined> {
  try {
    await at.account.write(work);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal || error instanceof Missing || error instanceof Denied) return error.message;
    if (error instanceof Unfit) return `${error.path}: ${error.message}`;
    throw error;
  }
}

const inWords = (problems: readonly FieldProblem[]): string => problems.map(({ path, detail }) => `${path}: ${detail}`).join("; ");

function writeRecords(of: EntityType): Handler {
  return async (at) => {
    const sent = readSent(at);
    const done = nothingDone();
    const item = (id: number, rest: object) => ({ id, ...rest, _links: oldLink(`/api/v2/${of}?id=${id}`) });
    for (const [index, one] of sent.add.entries()) {
      const problems: FieldProblem[] = [];
      const draft = await readRecord(at, of, one, problems);
      let made = 0;
      const failed =
        draft && problems.length === 0
          ? await attempt(at, async (pen) => {
              made = await create(pen, of, draft);
            })
          : inWords(problems);
      if (failed === undefined) done.items.push(item(made, { request_id: Number(one["request_id"] ?? index) }));
      else done.errors.add.push({ request_id: Number(one["request_id"] ?? index), msg: failed });
    }
    const ids = sent.update.map(({ id }) => Number(id)).filter(Number.isSafeInteger);
    const there =
      ids.length === 0 ? { items: [] } : await find(at.account, of, { page: 1, limit: ids.length, ids, with: new Set(["contacts"]) });
    for (const one of sent.update) {
      const id = Number(one["id"]);
      const current = there.items.find((record) => record.id === id);
      const problems: FieldProblem[] = [];
      const draft = current && (await readRecord(at, of, one, problems));
      const updated = momentValue(one["updated_at"] ?? one["last_modified"]);
      const failed = !current
        ? "Entity not found"
        : updated === undefined
          ? "updated_at: This field is missing."
          : updated < current.updated_at
            ? `Last modified date is older than in database: ${updated} < ${current.updated_at}`
            : draft && problems.length === 0
              ? await attempt(at, (pen) => update(pen, of, id, draft))
              : inWords(problems);
      if (failed === undefined) done.items.push(item(id, { updated_at: updated }));
      else done.errors.update[String(one["id"] ?? "")] = failed;
    }
    for (const id of sent.remove) {
      const failed = await attempt(at, (pen) => pen.remove(of, id));
      if (failed === undefined) done.items.push(item(id, {}));
      else done.errors.delete[String(id)] = failed;
    }
    return answer(at, done);
  };
}

/** In the words of v4, then read as v4 is. */
async function readRecord<K extends EntityType>(at: At, of: K, item: Item, problems: FieldProblem[]): Promise<Drafts[K] | undefined> {
  const company = numberValue(item["company_id"]);
  const contacts = idsValue(item["contacts_id"]);
  const leads = idsValue(item["leads_id"]);
  const embedded = given({
    tags: oldTags(item["tags"]),
    companies: company ? [{ id: company }] : undefined,
    contacts:
      of !== "contacts" && contacts
        ? contacts.map((id, index) => ({ id, ...(of === "leads" && index === 0 && { is_main: true }) }))
        : undefined,
    leads: of !== "leads" && leads ? leads.map((id) => ({ id })) : undefined,
  });
  const common = given({
    name: textValue(item["name"]),
    responsible_user_id: numberValue(item["responsible_user_id"]),
    created_by: numberValue(item["created_by"] ?? item["created_user_id"]),
    created_at: momentValue(item["created_at"] ?? item["date_create"]),
    updated_at: momentValue(item["updated_at"] ?? item["last_modified"]),
    custom_fields_values: oldFields(item["custom_fields"]),
    _embedded: Object.keys(embedded).length > 0 ? embedded : undefined,
  });
  const own =
    of === "leads"
      ? given({
          price: numberValue(item["sale"] ?? item["price"]),
          status_id: numberValue(item["status_id"]),
          pipeline_id: numberValue(item["pipeline_id"]),
          loss_reason_id: numberValue(item["loss_reason_id"]) || undefined,
        })
      : of === "contacts"
        ? given({ first_name: textValue(item["first_name"]), last_name: textValue(item["last_name"]) })
        : {};
  return readDraft(at.account, of, { ...common, ...own }, problems);
}

const oldTags = (tags: unknown): { name: string }[] | { id: number }[] | undefined =>
  tags === undefined
    ? undefined
    : ((typeof tags === "string" ? tags.split(",") : listValue(tags))
        .map((tag) => (typeof tag === "object" && tag !== null ? tag : { name: String(tag).trim() }))
        .filter((tag) => !("name" in tag) || tag.name !== "") as { name: string }[]);

/** `{id, values: [{value, enum?, subtype?}]}`; bare values are seen, too. */
function oldFields(fields: unknown) {
  if (fields === undefined) return undefined;
  return listValue(fields).map((one) => {
    const { id, code, values } = (typeof one === "object" && one !== null ? one : {}) as Item;
    return {
      ...given({ field_id: numberValue(id), field_code: textValue(code) }),
      values: listValue(values).map((value) => {
        const { value: given, enum: option } = (typeof value === "object" && value !== null ? value : { value }) as Item;
        return option === undefined || option === "" || option === null ? { value: given } : { value: given, enum: option };
      }),
    };
  });
}

const elementOf = (type: unknown): EntityType | undefined =>
  ({ "1": "contacts", "2": "leads", "3": "companies" })[String(type)] as EntityType | undefined;

async function writeTasks(at: At): Promise<Answer> {
  const sent = readSent(at);
  const done = nothingDone();
  const link = (id: number) => ({ _links: oldLink(`/api/v2/tasks?id=${id}`) });
  for (const [index, one] of sent.add.entries()) {
    const draft = oldTask(one);
    let made = 0;
    const failed =
      draft.text === undefined || draft.complete_till === undefined
        ? inWords([fieldProblem("FieldMissing", draft.text === undefined ? "text" : "complete_till_at")])
        : await attempt(at, async (pen) => {
            made = await pen.createTask(draft);
          });
    if (failed === undefined) done.items.push({ id: made, request_id: Number(one["request_id"] ?? index), ...link(made) });
    else done.errors.add.push({ request_id: Number(one["request_id"] ?? index), msg: failed });
  }
  for (const one of sent.update) {
    const id = Number(one["id"]);
    const failed = await attempt(at, (pen) => pen.updateTask(id, oldTask(one)));
    if (failed === undefined) done.items.push({ id, updated_at: momentValue(one["updated_at"]) ?? at.now, ...link(id) });
    else done.errors.update[String(one["id"] ?? "")] = failed;
  }
  for (const id of sent.remove) {
    const failed = await attempt(at, (pen) => pen.removeTask(id));
    if (failed === undefined) done.items.push({ id, ...link(id) });
    else done.errors.delete[String(id)] = failed;
  }
  return answer(at, done);
}

function oldTask(item: Item): TaskDraft {
  const entity_type = elementOf(item["element_type"]);
  const entity_id = numberValue(item["element_id"]);
  const isDone = item["is_completed"] ?? item["status"];
  return given({
    text: textValue(item["text"]),
    complete_till: momentValue(item["complete_till_at"] ?? item["complete_till"]),
    task_type_id: numberValue(item["task_type"]),
    responsible_user_id: numberValue(item["responsible_user_id"]) || undefined,
    created_by: numberValue(item["created_by"]),
    created_at: momentValue(item["created_at"]),
    is_completed: isDone === undefined ? undefined : ["1", "true"].includes(String(isDone)),
    ...(entity_type && entity_id ? { entity_type, entity_id } : {}),
  }) as TaskDraft;
}

async function writeNotes(at: At): Promise<Answer> {
  const sent = readSent(at);
  const done = nothingDone();
  for (const [index, one] of sent.add.entries()) {
    const problems: FieldProblem[] = [];
    const draft = oldNote(one, problems);
    let made = 0;
    const failed =
      draft && problems.length === 0
        ? await attempt(at, async (pen) => {
            made = await pen.createNote(draft);
          })
        : inWords(problems);
    if (failed === undefined)
      done.items.push({ id: made, request_id: Number(one["request_id"] ?? index), _links: oldLink(`/api/v2/notes?id=${made}`) });
    else done.errors.add.push({ request_id: Number(one["request_id"] ?? index), msg: failed });
  }
  for (const one of sent.update) {
    const id = Number(one["id"]);
    const entity_type = elementOf(one["element_type"]) ?? "leads";
    const text = textValue(one["text"]);
    const failed = await attempt(at, (pen) => pen.updateNote(id, { entity_type, ...(text !== undefined && { params: { text } }) }));
    if (failed === undefined) done.items.push({ id, updated_at: momentValue(one["updated_at"]) ?? at.now });
    else done.errors.update[String(one["id"] ?? "")] = failed;
  }
  return answer(at, done);
}

/** Calls come with `params`, or as JSON in the text with names in capitals. */
function oldNote(item: Item, problems: FieldProblem[]): NoteDraft | undefined {
  const entity_type = elementOf(item["element_type"]);
  const entity_id = numberValue(item["element_id"]);
  if (!entity_type) problems.push(fieldProblem("NotSupportedChoice", "element_type"));
  if (!entity_id) problems.push(fieldProblem("FieldMissing", "element_id"));
  const number = numberValue(item["note_type"]) ?? noteTypeNumbers["common"];
  const note_type = Object.entries(noteTypeNumbers).find(([, one]) => one === number)?.[0];
  if (note_type === undefined) problems.push(fieldProblem("NotSupportedChoice", "note_type"));
  if (!entity_type || !entity_id || note_type === undefined) return undefined;
  const params = noteParams[note_type]?.(paramsOf(note_type, item), "params", problems) as NoteDraft["params"] | undefined;
  const stamps = given({
    responsible_user_id: numberValue(item["responsible_user_id"]) || undefined,
    created_by: numberValue(item["created_by"]),
    created_at: momentValue(item["created_at"]),
  });
  return params && { entity_type, entity_id, note_type, params, ...stamps };
}

function paramsOf(type: string, item: Item): Item {
  const params = (typeof item["params"] === "object" && item["params"] !== null ? item["params"] : undefined) as Item | undefined;
  if (type !== "call_in" && type !== "call_out")
    return { ...(params ?? {}), ...(params?.["text"] === undefined && { text: textValue(item["text"]) ?? "" }) };
  const named = params ?? readJsonText(textValue(item["text"]) ?? "");
  const get = (name: string, old: string) => named[name] ?? named[old];
  return given({
    uniq: textValue(get("uniq", "UNIQ")),
    link: textValue(get("link", "LINK")),
    phone: textValue(get("phone", "PHONE")),
    duration: numberValue(get("duration", "DURATION")) ?? 0,
    source: textValue(get("source", "SRC")) ?? "",
    call_result: textValue(named["call_result"]),
    call_status: numberValue(named["call_status"]),
  });
}

function readJsonText(text: string): Item {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Item) : {};
  } catch {
    return {};
  }
}
