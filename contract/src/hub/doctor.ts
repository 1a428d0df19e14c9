import { Type } from "typebox";
import { Moment, Nullable, route } from "../route.ts";

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

export const getSystem = route({
  id: "getSystem",
  method: "GET",
  path: "/system",
  scope: "hub:read",
  tag: "Operation",
  summary: "What this hub is and how it is doing, as far as it concerns the workspace; the operator sees all findings",
  answer: Type.Object({
    version: Type.String(),
    node: Type.String(),
    postgres: Type.Object({
      version: Type.String(),
      kind: Type.String({ description: "embedded or external" }),
      bytes: Nullable(Type.Integer({ description: "Of the whole database: for the operator, or when there is no other workspace" })),
    }),
    public_url: Type.String(),
    processes: Type.Array(
      Type.Object({
        id: Type.String(),
        role: Type.String({ description: "all, web or worker" }),
        version: Type.String(),
        started_at: Moment,
        seen_at: Moment,
        is_this: Type.Boolean({ description: "The one that answers" }),
      }),
      { description: "Seen within the last five minutes" },
    ),
    queue: Type.Object({
      waiting: Type.Integer(),
      held: Type.Integer(),
      parked: Type.Integer(),
      failed: Type.Integer(),
      oldest_waiting_at: Nullable(Moment),
    }),
    journal: Type.Object({
      lines: Type.Integer({ description: "About" }),
      oldest_at: Nullable(Moment),
      raw_days: Type.Integer({ description: "For which raw requests are kept" }),
      history_days: Type.Integer(),
    }),
    files: Type.Object({ count: Type.Integer(), bytes: Type.Integer() }),
    housekeeping: Nullable(Type.Object({ at: Moment, ms: Type.Integer() }, { description: "The last time old things were put away" })),
    ok: Type.Boolean(),
    findings: Type.Array(Finding),
  }),
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

- \`records\`: \`{type, deals, contacts, companies, tasks, calls, notes, conversations}\`, each a list of ids that were made, changed or deleted, whoever did it, or \`"many"\` for more than 100 of them. Within a second, twice a second at most. Ids only, and those of the whole workspace: what a limited manager may not see answers 404 when it is asked for. Needs \`crm:read\`.
- \`directory\`: users, pipelines, fields or other settings of the CRM changed.
- \`call.ringing\`, \`call.gone\`: the card of a call, for the person whose phone rings.
- \`deliveries\`: \`{type, waiting, held, parked, failed}\`, the counts at the start and whenever they change; 1000 means as many or more. Needs \`hub:read\`.
- \`journal\`: \`{type, ids}\`, new lines, or \`"many"\`. Needs \`hub:read\`.
- \`connection.parked\`: \`{type, connection, because}\`, a far side wants a new sign-in; \`connection.disabled\`: the same, it wants nothing more.

Nothing is kept for those who are away: a page that reconnects reads what it shows anew, and \`Last-Event-ID\` is not looked at. A stream ends when its session or token does.`,
});
