import { type Call, type Methods, type Page, type Params, Refusal } from "../call.ts";
import { listOf, mapOf, numberOf, numberParam, paramOf, textOf } from "../params.ts";
import { type Row, stampOf } from "../portal.ts";
import { matches, pageOf, sorted } from "./filters.ts";

/** Tasks: UPPER_CASE in, camelCase out, every number a string. */
export const taskMethods: Methods = {
  "tasks.task.add": { scope: "task", run: add },
  "tasks.task.get": { scope: "task", run: (call) => ({ task: shown(call, found(call)) }) },
  "tasks.task.list": { scope: "task", run: list },
  "tasks.task.update": { scope: "task", run: update },
  "tasks.task.complete": { scope: "task", run: complete },
};

const fault = (text: string): Refusal => new Refusal(400, "ERROR_CORE", text);

function add(call: Call) {
  const { portal, user } = call;
  const fields = mapOf(paramOf(call, "fields"));
  if (textOf(fields["TITLE"]) === "") throw fault("Не указано название задачи");
  const responsible = numberOf(fields["RESPONSIBLE_ID"]);
  if (responsible === undefined) throw fault("Не указан исполнитель");
  if (!portal.state.users.has(responsible)) throw fault('Пользователь указанный в поле "Исполнитель" не найден');
  const id = portal.nextId();
  const at = stampOf(portal.now());
  const row = {
    ...{
      ID: id,
      PARENT_ID: null,
      TITLE: "",
      DESCRIPTION: "",
      MARK: null,
      PRIORITY: "1",
      MULTITASK: "N",
      NOT_VIEWED: "N",
      REPLICATE: "N",
      STAGE_ID: 0,
    },
    ...{ CREATED_BY: Number(user.ID), CREATED_DATE: at, RESPONSIBLE_ID: responsible, CHANGED_BY: Number(user.ID), CHANGED_DATE: at },
    ...{ STATUS_CHANGED_BY: Number(user.ID), CLOSED_BY: null, CLOSED_DATE: null, DATE_START: null, DEADLINE: null, START_DATE_PLAN: null },
    ...{
      END_DATE_PLAN: null,
      GUID: `{${id}}`,
      XML_ID: null,
      COMMENTS_COUNT: null,
      SERVICE_COMMENTS_COUNT: null,
      ALLOW_CHANGE_DEADLINE: "N",
    },
    ...{
      ALLOW_TIME_TRACKING: "N",
      TASK_CONTROL: "N",
      ADD_IN_REPORT: "N",
      FORKED_BY_TEMPLATE_ID: null,
      TIME_ESTIMATE: "0",
      TIME_SPENT_IN_LOGS: null,
    },
    ...{
      MATCH_WORK_TIME: "N",
      FORUM_TOPIC_ID: null,
      FORUM_ID: null,
      SITE_ID: "s1",
      SUBORDINATE: "N",
      FAVORITE: "N",
      EXCHANGE_MODIFIED: null,
    },
    ...{
      EXCHANGE_ID: null,
      OUTLOOK_VERSION: "1",
      VIEWED_DATE: null,
      SORTING: null,
      DURATION_PLAN: null,
      DURATION_FACT: null,
      DURATION_TYPE: "days",
    },
    ...{
      IS_MUTED: "N",
      IS_PINNED: "N",
      IS_PINNED_IN_GROUP: "N",
      FLOW_ID: null,
      DESCRIPTION_IN_BBCODE: "Y",
      STATUS: "2",
      GROUP_ID: 0,
      ACTIVITY_DATE: at,
      STATUS_CHANGED_DATE: at,
    },
    ...read(fields),
  };
  portal.state.tasks.set(id, row);
  portal.tell(
    "ONTASKADD",
    { FIELDS_BEFORE: "undefined", FIELDS_AFTER: { ID: String(id) }, IS_ACCESSIBLE_BEFORE: "N", IS_ACCESSIBLE_AFTER: "undefined" },
    Number(user.ID),
  );
  return { task: shown(call, row) };
}

function read(fields: Params): Params {
  const known = ["TITLE", "DESCRIPTION", "RESPONSIBLE_ID", "CREATED_BY", "PRIORITY", "XML_ID", "STATUS", "GROUP_ID"];
  const plain = known.filter((name) => name in fields).map((name) => [name, textOf(fields[name])]);
  const deadline = Date.parse(textOf(fields["DEADLINE"]));
  return {
    ...Object.fromEntries(plain),
    ...(Number.isNaN(deadline) ? {} : { DEADLINE: stampOf(deadline) }),
    ...("UF_CRM_TASK" in fields ? { UF_CRM_TASK: listOf(fields["UF_CRM_TASK"]).map(textOf) } : {}),
  };
}

function found(call: Call): Row {
  const row = call.portal.state.tasks.get(numberParam(call, "taskId") ?? 0);
  if (!row) throw fault("Задача не найдена или недоступна");
  return row;
}

function update(call: Call) {
  const row = found(call);
  Object.assign(row, read(mapOf(paramOf(call, "fields"))), { CHANGED_DATE: stampOf(call.portal.now()), CHANGED_BY: Number(call.user.ID) });
  tellOfUpdate(call, row);
  return { task: shown(call, row) };
}

function complete(call: Call) {
  const row = found(call);
  const at = stampOf(call.portal.now());
  Object.assign(row, { STATUS: "5", CLOSED_DATE: at, CLOSED_BY: Number(call.user.ID), CHANGED_DATE: at, CHANGED_BY: Number(call.user.ID) });
  tellOfUpdate(call, row);
  return { task: shown(call, row) };
}

const tellOfUpdate = ({ portal, user }: Call, row: Row): void => {
  const id = { ID: String(row["ID"]) };
  portal.tell(
    "ONTASKUPDATE",
    { FIELDS_BEFORE: id, FIELDS_AFTER: id, IS_ACCESSIBLE_BEFORE: "undefined", IS_ACCESSIBLE_AFTER: "undefined" },
    Number(user.ID),
  );
};

function list(call: Call): Page {
  const value = (row: Row, name: string): unknown => row[name.toUpperCase()];
  const rows = [...call.portal.state.tasks.values()].filter((row) =>
    matches(row, mapOf(paramOf(call, "filter")), { nested: false, value }),
  );
  return pageOf(sorted(rows, mapOf(paramOf(call, "order")), value, "ID"), paramOf(call, "start"), (page) => ({
    tasks: page.map((row) => shown(call, row)),
  }));
}

const camel = (name: string): string => name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What it is tied to in the CRM comes only when it is named. */
function shown(call: Call, row: Row): Params {
  const select = listOf(paramOf(call, "select")).map(textOf);
  const wanted = ([name]: [string, unknown]): boolean =>
    select.length === 0 || select.includes("*") ? name !== "UF_CRM_TASK" || select.includes(name) : name === "ID" || select.includes(name);
  const plain = Object.entries(row)
    .filter(wanted)
    .map(([name, value]) => [camel(name), typeof value === "number" ? String(value) : value]);
  const { users } = call.portal.state;
  const person = (id: unknown) => {
    const user = users.get(Number(id));
    return {
      id: textOf(id),
      name: `${user?.NAME ?? ""} ${user?.LAST_NAME ?? ""}`.trim(),
      link: `/company/personal/user/${textOf(id)}/`,
      icon: "",
      workPosition: null,
    };
  };
  const people = { creator: person(row["CREATED_BY"]), responsible: person(row["RESPONSIBLE_ID"]) };
  return { ...Object.fromEntries(plain), ...beside(Number(call.user.ID)), ...people };
}

const allowed =
  "complete start delegate remove edit defer create changeDeadline checklistAddItems addFavorite rate checklist.reorder elapsedtime.add edit.plan checklist.add favorite.add";
const denied = "accept decline approve disapprove pause renew deleteFavorite edit.originator dayplan.timer.toggle favorite.delete";

/** What comes with every task, though nothing here changes it. */
const beside = (userId: number): Params => ({
  ...{ auditors: [], accomplices: [], checklist: [], group: [], accomplicesData: [], auditorsData: [], newCommentsCount: 0 },
  action: Object.fromEntries([...allowed.split(" ").map((name) => [name, true]), ...denied.split(" ").map((name) => [name, false])]),
  checkListTree: {
    nodeId: 0,
    fields: {
      ...{
        id: null,
        copiedId: null,
        entityId: null,
        userId,
        createdBy: null,
        parentId: null,
        title: "",
        sortIndex: null,
        displaySortIndex: "",
      },
      ...{ isComplete: false, isImportant: false, completedCount: 0, members: [], attachments: [] },
    },
    action: [],
    descendants: [],
  },
  checkListCanAdd: true,
});
