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
});
