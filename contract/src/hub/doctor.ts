import { Type } from "typebox";
import { route } from "../route.ts";

const Finding = Type.Object({
  check: Type.String(),
  ok: Type.Boolean(),
  message: Type.String(),
  advice: Type.Optional(Type.String({ description: "What to do about it" })),
});

export const doctor = route({
  id: "doctor",
  method: "GET",
  path: "/doctor",
  scope: "operator",
  tag: "Operation",
  summary: "Is everything well: database, disk, clock, versions, stuck deliveries",
  answer: Type.Object({ ok: Type.Boolean(), findings: Type.Array(Finding) }),
});

export const rotateMasterKey = route({
  id: "rotateMasterKey",
  method: "POST",
  path: "/master-key/rotate",
  scope: "operator",
  tag: "Operation",
  summary: "Encrypt every secret with the current master key; afterwards MASTER_KEY_OLD can go",
  answer: Type.Object({ connections: Type.Integer(), rewritten: Type.Integer() }),
});

export const live = route({
  id: "live",
  method: "GET",
  path: "/live",
  scope: "signed-in",
  tag: "Operation",
  summary: "News for the caller as server-sent events",
  description: `Each event's data is a JSON object whose \`type\` is the event's name.

- \`records\`: \`{type, deals, contacts, companies, tasks, calls, notes}\`, each a list of ids that were made, changed or deleted, whoever did it, or \`"many"\` for more than 100 of them. Within a second, twice a second at most. Ids only, and those of the whole workspace: what a limited manager may not see answers 404 when it is asked for. Needs \`crm:read\`.
- \`directory\`: users, pipelines, fields or other settings of the CRM changed.
- \`call.ringing\`, \`call.gone\`: the card of a call, for the person whose phone rings.
- \`deliveries\`: \`{type, waiting, held, parked, failed}\`, the counts at the start and whenever they change; 1000 means as many or more. Needs \`hub:read\`.
- \`journal\`: \`{type, ids}\`, new lines, or \`"many"\`. Needs \`hub:read\`.
- \`connection.parked\`: \`{type, connection, because}\`, a far side wants a new sign-in; \`connection.disabled\`: the same, it wants nothing more.

Nothing is kept for those who are away: a page that reconnects reads what it shows anew, and \`Last-Event-ID\` is not looked at. A stream ends when its session or token does.`,
});
