import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

/** Copying a whole CRM that is elsewhere into ours, and back. */

const directions = ["in", "out", "compare"] as const;
const kinds = [
  ...(["account", "group", "user", "pipeline", "stage", "loss_reason", "task_type", "source", "field", "tag", "catalog"] as const),
  ...(["element", "company", "contact", "deal", "incoming", "task", "note", "other"] as const),
] as const;
const findingTypes = ["differs", "only_there", "only_here", "refused", "left"] as const;

const Move = Type.Object({
  id: Type.String({ format: "uuid" }),
  connection: Type.Integer(),
  direction: Type.Enum(directions),
  into_filled: Type.Boolean(),
  state: Type.Enum(["running", "done", "cancelled", "failed"]),
  progress: Nullable(
    Type.Object(
      {
        phase: Type.Enum(["copying", "comparing"]),
        kind: Type.Enum(kinds),
        done: Type.Integer({ description: "How many of this kind" }),
        total: Type.Optional(Type.Integer()),
      },
      { description: "How far it is" },
    ),
  ),
  error: Nullable(Type.String({ description: "Why it has failed; while it is running, why it waits until `next_at`" })),
  next_at: Nullable(Type.String({ format: "date-time", description: "When it goes on by itself" })),
  findings: Type.Integer({ description: "How long its report is" }),
  differences: Type.Integer({ description: "How many of the findings are differences: all but those that are `left`" }),
  created_by: Type.String(),
  created_at: Moment,
  finished_at: Nullable(Moment),
});
export type MoveShape = Static<typeof Move>;

const Finding = Type.Object({
  what: Type.Enum(findingTypes, {
    description:
      "differs: one member is another one there than here. only_there, only_here: the other side lacks it. refused: a side would not take it, and why. left: of this kind nothing can be carried over, and how many there are",
  }),
  kind: Type.Enum(kinds),
  record: Nullable(Type.String({ description: "Its id, on the side that has it; there, when both do" })),
  member: Nullable(Type.String({ description: "As the far side calls it" })),
  there: Nullable(Type.String()),
  here: Nullable(Type.String()),
  words: Nullable(Type.Object({ ru: Type.String(), en: Type.String() })),
  count: Nullable(Type.Integer()),
});
export type MoveFindingShape = Static<typeof Finding>;

const ByMove = Type.Object({ ...ById.properties, move: Type.String({ format: "uuid" }) });

export const startMove = route({
  id: "startMove",
  method: "POST",
  path: "/connections/:id/moves",
  scope: "hub:write",
  tag: "Moves",
  summary: "Copy the CRM behind a connection into ours, or ours into it, or compare both",
  description:
    "Of connections with the ability `move`. One at a time in a workspace. It survives restarts, waits while the other side is away, and may be run again: what is there already is not made twice.",
  params: ById,
  body: Type.Object(
    {
      direction: Type.Enum(directions, {
        description:
          "in: everything of theirs becomes ours, under its ids. out: everything of ours is made there, where nothing may be yet. compare: changes nothing",
      }),
      into_filled: Type.Optional(Type.Boolean({ description: "Of `in`: although there are records here already; they stay as they are" })),
    },
    { additionalProperties: false },
  ),
  status: 202,
  answer: Move,
});

export const listMoves = route({
  id: "listMoves",
  method: "GET",
  path: "/connections/:id/moves",
  scope: "hub:read",
  tag: "Moves",
  summary: "The moves of a connection, the latest first",
  params: ById,
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Move),
});

export const getMove = route({
  id: "getMove",
  method: "GET",
  path: "/connections/:id/moves/:move",
  scope: "hub:read",
  tag: "Moves",
  summary: "One move, and how far it is",
  params: ByMove,
  answer: Move,
});

export const cancelMove = route({
  id: "cancelMove",
  method: "POST",
  path: "/connections/:id/moves/:move/cancel",
  scope: "hub:write",
  tag: "Moves",
  summary: "End a move after the step at hand; what was copied stays",
  params: ByMove,
  answer: Move,
});

export const listMoveFindings = route({
  id: "listMoveFindings",
  method: "GET",
  path: "/connections/:id/moves/:move/findings",
  scope: "hub:read",
  tag: "Moves",
  summary: "The report of a move: every difference, and what could not be carried over",
  params: ByMove,
  query: Type.Object(
    { ...pageQuery, what: Type.Optional(Type.Enum(findingTypes)), kind: Type.Optional(Type.Enum(kinds)) },
    { additionalProperties: false },
  ),
  answer: Page(Finding),
});
