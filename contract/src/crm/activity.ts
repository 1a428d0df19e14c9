import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { CallDirection, CallOutcome, CallState, Recording } from "./calls.ts";
import { About, Body, Id, listQuery, Name, OptionalId, Phone, Query, Sort, stamps, TaskSort, Text } from "./shapes.ts";

/** Tasks, notes, timelines, and who a phone belongs to. */

const on = { contact: Nullable(Type.Integer()), company: Nullable(Type.Integer()), deal: Nullable(Type.Integer()) };
const onDraft = { contact: OptionalId, company: OptionalId, deal: OptionalId };
const onFilter = { contact: Type.Optional(Id), company: Type.Optional(Id), deal: Type.Optional(Id) };

export const Task = Type.Object({
  id: Type.Integer(),
  ...on,
  type: Nullable(Type.Integer()),
  title: Type.String(),
  text: Nullable(Type.String()),
  due: Nullable(Moment),
  estimate_minutes: Nullable(Type.Integer()),
  responsible: Nullable(Type.Integer()),
  done: Type.Boolean(),
  done_at: Nullable(Moment),
  result: Nullable(Type.String()),
  about: About,
  ...stamps,
});
export type TaskShape = Static<typeof Task>;

const taskFields = {
  type: OptionalId,
  text: Type.Optional(Nullable(Text)),
  due: Type.Optional(Nullable(Moment)),
  estimate_minutes: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000 }))),
  responsible: OptionalId,
};
const Title = Type.String({ minLength: 1, maxLength: 1000 });
const tasks = "Tasks and notes";

export const listTasks = route({
  id: "listTasks",
  method: "GET",
  path: "/tasks",
  scope: "crm:read",
  tag: tasks,
  summary: "Tasks",
  query: Query({
    ...listQuery,
    ...onFilter,
    type: Type.Optional(Id),
    responsible: Type.Optional(Id),
    done: Type.Optional(Type.Boolean()),
    due_from: Type.Optional(Moment),
    due_to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment" })),
    sort: Type.Optional(TaskSort),
  }),
  answer: Page(Task),
});
export const summariseTasks = route({
  id: "summariseTasks",
  method: "GET",
  path: "/tasks/summary",
  scope: "crm:read",
  tag: tasks,
  summary: "How many tasks are not done: of whoever asks, or of `responsible`; for a program that names nobody, of everybody",
  query: Query({
    responsible: Type.Optional(Id),
    time_zone: Type.Optional(
      Type.String({ maxLength: 64, description: "IANA name: where today ends at midnight; the workspace's own unless stated" }),
    ),
  }),
  answer: Type.Object({
    overdue: Type.Integer(),
    today: Type.Integer({ description: "Until midnight, and not late yet" }),
    later: Type.Integer(),
    undated: Type.Integer(),
  }),
});
export const getTask = route({
  id: "getTask",
  versioned: true,
  method: "GET",
  path: "/tasks/:id",
  scope: "crm:read",
  tag: tasks,
  summary: "One task",
  params: ById,
  answer: Task,
});
export const createTask = route({
  id: "createTask",
  versioned: true,
  method: "POST",
  path: "/tasks",
  scope: "crm:write",
  tag: tasks,
  summary: "Make a task, on a contact, a company, a deal or on nothing",
  body: Body({ ...onDraft, title: Title, ...taskFields }),
  answer: Task,
  status: 201,
});
export const updateTask = route({
  id: "updateTask",
  versioned: true,
  method: "PATCH",
  path: "/tasks/:id",
  scope: "crm:write",
  tag: tasks,
  summary: "Change, close or reopen a task: only what is given",
  params: ById,
  body: Body({ title: Type.Optional(Title), ...taskFields, done: Type.Optional(Type.Boolean()), result: Type.Optional(Nullable(Text)) }),
  answer: Task,
});
export const deleteTask = route({
  id: "deleteTask",
  versioned: true,
  method: "DELETE",
  path: "/tasks/:id",
  scope: "crm:write",
  tag: tasks,
  summary: "Put a task away",
  params: ById,
});
export const restoreTask = route({
  id: "restoreTask",
  versioned: true,
  method: "POST",
  path: "/tasks/:id/restore",
  scope: "crm:write",
  tag: tasks,
  summary: "Bring a task back that was put away",
  params: ById,
  answer: Task,
});

export const Note = Type.Object({
  id: Type.Integer(),
  ...on,
  kind: Type.String({ description: "`common`, or what the program that made it says: a message, a text from a phone" }),
  text: Type.String(),
  ...stamps,
});
export type NoteShape = Static<typeof Note>;
const NoteText = Type.String({ minLength: 1, maxLength: 65_535 });

export const listNotes = route({
  id: "listNotes",
  method: "GET",
  path: "/notes",
  scope: "crm:read",
  tag: tasks,
  summary: "Notes",
  query: Query({ ...listQuery, ...onFilter, sort: Type.Optional(Sort) }),
  answer: Page(Note),
});
export const getNote = route({
  id: "getNote",
  versioned: true,
  method: "GET",
  path: "/notes/:id",
  scope: "crm:read",
  tag: tasks,
  summary: "One note",
  params: ById,
  answer: Note,
});
export const createNote = route({
  id: "createNote",
  versioned: true,
  method: "POST",
  path: "/notes",
  scope: "crm:write",
  tag: tasks,
  summary: "Put a note on a contact, a company or a deal",
  body: Body({ ...onDraft, text: NoteText }),
  answer: Note,
  status: 201,
});
export const updateNote = route({
  id: "updateNote",
  versioned: true,
  method: "PATCH",
  path: "/notes/:id",
  scope: "crm:write",
  tag: tasks,
  summary: "Change a note",
  params: ById,
  body: Body({ text: Type.Optional(NoteText) }),
  answer: Note,
});
export const deleteNote = route({
  id: "deleteNote",
  versioned: true,
  method: "DELETE",
  path: "/notes/:id",
  scope: "crm:write",
  tag: tasks,
  summary: "Put a note away",
  params: ById,
});
export const restoreNote = route({
  id: "restoreNote",
  versioned: true,
  method: "POST",
  path: "/notes/:id/restore",
  scope: "crm:write",
  tag: tasks,
  summary: "Bring a note back that was put away",
  params: ById,
  answer: Note,
});

export const TimelineEntry = Type.Object({
  id: Type.Integer(),
  at: Moment,
  kind: Type.String({
    description:
      "created, changed, stage, tags, note, task, task_closed, task_reopened, call, deleted, restored. A `deleted` or `restored` whose `what` names a note or task is about that",
  }),
  actor: Type.String({ description: "`user:5`, `token:12`, `connection:3`, `operator`" }),
  via: Nullable(Type.Integer({ description: "The connection it came by" })),
  key: Nullable(Type.String({ description: "The key of the write: leads back to the delivery that made it" })),
  ...on,
  what: Type.Unknown({
    description:
      "changed: {changes: {member: {old, new}}}; stage: {old, new: {pipeline, stage}}; tags: {added, removed}; deleted and restored, of a note or task: {note} or {task}",
  }),
  note: Nullable(Type.Object({ id: Type.Integer(), text: Type.String() })),
  task: Nullable(
    Type.Object({
      id: Type.Integer(),
      title: Type.String(),
      text: Nullable(Type.String()),
      due: Nullable(Moment),
      done: Type.Boolean(),
      result: Nullable(Type.String()),
    }),
  ),
  call: Nullable(
    Type.Object({
      id: Type.Integer(),
      direction: CallDirection,
      phone: Type.String(),
      state: CallState,
      outcome: Nullable(CallOutcome),
      responsible: Nullable(Type.Integer()),
      talk_seconds: Nullable(Type.Integer()),
      recordings: Type.Array(Recording),
    }),
  ),
});
export type TimelineEntryShape = Static<typeof TimelineEntry>;

const timeline = {
  method: "GET",
  scope: "crm:read",
  tag: "Timelines",
  params: ById,
  query: Query({
    ...pageQuery,
    kinds: Type.Optional(Type.String({ pattern: "^[a-z_]{1,20}(,[a-z_]{1,20}){0,19}$", description: "Of these kinds only, by comma" })),
    field: Type.Optional(
      Type.String({ minLength: 1, maxLength: 80, description: "The history of one member: `sum`, `fields.city`, `stage`, `tags`" }),
    ),
  }),
  answer: Page(TimelineEntry),
} as const;
export const contactTimeline = route({
  ...timeline,
  id: "contactTimeline",
  path: "/contacts/:id/timeline",
  summary: "What happened to a contact and its deals, the newest first",
});
export const companyTimeline = route({
  ...timeline,
  id: "companyTimeline",
  path: "/companies/:id/timeline",
  summary: "What happened to a company, the newest first",
});
export const dealTimeline = route({
  ...timeline,
  id: "dealTimeline",
  path: "/deals/:id/timeline",
  summary: "What happened to a deal, the newest first",
});

export const PhoneOwner = Type.Object({
  contact: Nullable(Type.Integer({ description: "Null where the phone is a company's own" })),
  name: Type.String(),
  company: Nullable(Type.Object({ id: Type.Integer(), name: Type.String() })),
  responsible: Nullable(Type.Object({ id: Type.Integer(), name: Type.String() })),
  deal: Nullable(
    Type.Object(
      { id: Type.Integer(), name: Name, pipeline: Type.Integer(), stage: Type.Integer(), responsible: Nullable(Type.Integer()) },
      { description: "The contact's newest deal that is neither won nor lost" },
    ),
  ),
});

export const whoseIsPhone = route({
  id: "whoseIsPhone",
  method: "GET",
  path: "/phones/:phone",
  scope: "crm:read",
  tag: "Phones",
  summary: "Who has this phone: by the number itself, else by its last ten digits; the most recently active first, 20 at most",
  params: Type.Object({ phone: Phone }),
  answer: Page(PhoneOwner),
});
