import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Implementation, implement } from "../implement.ts";
import type { WriteRecording } from "./call-routes.ts";
import {
  answerPage,
  by,
  changed,
  listQuery,
  moment,
  reader,
  timeZone,
  unlessOvertaken,
  wholeList,
  writeAbout,
  writeStamps,
} from "./requests.ts";

export const writeTask = (task: crm.Task): contract.TaskShape => ({
  id: task.id,
  contact: task.contact,
  company: task.company,
  deal: task.deal,
  type: task.type,
  title: task.title,
  text: task.text,
  due: task.due?.toISOString() ?? null,
  estimate_minutes: task.estimateMinutes,
  responsible: task.responsible,
  done: task.doneAt !== null,
  done_at: task.doneAt?.toISOString() ?? null,
  result: task.result,
  about: writeAbout(task.about),
  ...writeStamps(task),
});

export const writeNote = ({ id, contact, company, deal, kind, text, ...stamps }: crm.Note): contract.NoteShape => ({
  id,
  contact,
  company,
  deal,
  kind,
  text,
  ...writeStamps(stamps),
});

const entryWriter =
  (workspace: crm.Sql["workspace"], writeRecording: WriteRecording) =>
  ({ at, task, note, call, ...entry }: crm.TimelineEntry): contract.TimelineEntryShape => ({
    ...entry,
    at: at.toISOString(),
    note: note && { ...note },
    task: task && { ...task, due: task.due === null ? null : new Date(task.due).toISOString() },
    call: call && {
      id: call.id,
      direction: call.direction,
      phone: call.phone,
      state: call.state,
      outcome: call.outcome,
      responsible: call.responsible,
      talk_seconds: call.talkSeconds,
      recordings: call.recordings.map((recording) => writeRecording(workspace, recording)),
    },
  });

type TaskBody = contract.BodyOf<typeof contract.updateTask>;
const readTask = ({ due, estimate_minutes, ...body }: TaskBody): crm.TaskChanges => ({
  ...body,
  due: moment("due", due),
  estimateMinutes: estimate_minutes,
});

const timeline =
  (entity: crm.Entity, writeRecording: WriteRecording) =>
  async ({
    params,
    query,
    caller,
    sql,
  }: {
    params: { id: number };
    query: { limit?: number; cursor?: string; kinds?: string; field?: string };
    caller: Parameters<typeof reader>[0];
    sql: crm.Sql;
  }) =>
    answerPage(
      await crm.readTimeline(
        sql,
        entity,
        params.id,
        { limit: query.limit ?? 50, cursor: query.cursor, kinds: query.kinds?.split(","), field: query.field },
        reader(caller),
      ),
      entryWriter(sql.workspace, writeRecording),
    );

export const activityRoutes = (writeRecording: WriteRecording): readonly Implementation[] => [
  implement(contract.listTasks, async ({ query, caller, sql }) => {
    const { contact, company, deal, type, responsible, done, due_from, due_to } = query;
    const dues = { dueFrom: moment("due_from", due_from), dueTo: moment("due_to", due_to) };
    return answerPage(
      await crm.listTasks(sql, { ...listQuery(query), contact, company, deal, type, responsible, done, ...dues }, reader(caller)),
      writeTask,
    );
  }),
  implement(contract.summariseTasks, async ({ query, caller, sql }) => ({
    ...(await crm.summariseTasks(sql, query.responsible ?? caller.userId, reader(caller), timeZone(query.time_zone, caller))),
  })),
  implement(contract.getTask, async ({ params, caller, sql }) => writeTask(await crm.getTask(sql, params.id, reader(caller)))),
  implement(contract.createTask, async ({ body, caller, sql, idempotencyKey }) => {
    const { contact, company, deal, title, ...rest } = body;
    const task = { ...readTask(rest), title };
    return writeTask(
      await crm.getTask(sql, await crm.createTask(sql, crm.readTarget({ contact, company, deal }), task, by(caller, idempotencyKey))),
    );
  }),
  implement(contract.updateTask, (call) => {
    const { params, body, caller, sql } = call;
    const read = async () => writeTask(await crm.getTask(sql, params.id, reader(caller)));
    return changed(call, (by) => crm.updateTask(sql, params.id, readTask(body), by), read);
  }),
  implement(contract.deleteTask, async ({ params, caller, sql, ifMatch }) =>
    unlessOvertaken(
      () => crm.deleteTask(sql, params.id, by(caller, undefined, ifMatch)),
      async () => writeTask(await crm.getTask(sql, params.id, reader(caller))),
    ),
  ),
  implement(contract.restoreTask, async ({ params, caller, sql }) => {
    await crm.restoreTask(sql, params.id, by(caller));
    return writeTask(await crm.getTask(sql, params.id, reader(caller)));
  }),

  implement(contract.listNotes, async ({ query, caller, sql }) => {
    const { contact, company, deal } = query;
    return answerPage(await crm.listNotes(sql, { ...listQuery(query), contact, company, deal }, reader(caller)), writeNote);
  }),
  implement(contract.getNote, async ({ params, caller, sql }) => writeNote(await crm.getNote(sql, params.id, reader(caller)))),
  implement(contract.createNote, async ({ body, caller, sql, idempotencyKey }) => {
    const on = crm.readTarget(body);
    if (!on) throw new crm.Invalid({ contact: ["name one of contact, company and deal"] });
    return writeNote(await crm.getNote(sql, await crm.createNote(sql, on, body.text, by(caller, idempotencyKey))));
  }),
  implement(contract.updateNote, (call) => {
    const { params, caller, sql } = call;
    const { text } = call.body;
    const read = async () => writeNote(await crm.getNote(sql, params.id, reader(caller)));
    return changed(call, async (by) => (text === undefined ? undefined : crm.updateNote(sql, params.id, { text }, by)), read);
  }),
  implement(contract.deleteNote, async ({ params, caller, sql, ifMatch }) =>
    unlessOvertaken(
      () => crm.deleteNote(sql, params.id, by(caller, undefined, ifMatch)),
      async () => writeNote(await crm.getNote(sql, params.id, reader(caller))),
    ),
  ),
  implement(contract.restoreNote, async ({ params, caller, sql }) => {
    await crm.restoreNote(sql, params.id, by(caller));
    return writeNote(await crm.getNote(sql, params.id, reader(caller)));
  }),

  implement(contract.contactTimeline, timeline("contact", writeRecording)),
  implement(contract.companyTimeline, timeline("company", writeRecording)),
  implement(contract.dealTimeline, timeline("deal", writeRecording)),

  implement(contract.whoseIsPhone, async ({ params, caller, sql }) =>
    wholeList(await crm.whoseIsPhone(sql, params.phone, caller.workspace.country, reader(caller)), (owner) => ({
      contact: owner.contact,
      name: owner.name,
      company: owner.company === null ? null : { id: owner.company, name: owner.companyName ?? "" },
      responsible: owner.responsible === null ? null : { id: owner.responsible, name: owner.responsibleName ?? "" },
      deal: owner.deal && { ...owner.deal },
    })),
  ),
];
