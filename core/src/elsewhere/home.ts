import type { Connection } from "../vendor.ts";
import type { RecordId } from "../words.ts";

/**
 * Who is who between a CRM elsewhere and the one that a workspace names people and stages by. Where both are one, ids are the same; otherwise they are as a person
 * mapped them, and whoever is mapped to nobody is left out.
 */
type Mapped = Pick<Connection, "id" | "home" | "userMapping" | "stageMapping">;

/** Whether this connection is the CRM that everybody is named by. */
export const isHome = ({ home, id }: Pick<Connection, "id" | "home">): boolean => home === undefined || home === id;

/** A user of ours, by their id over there. */
export function userThere(connection: Mapped, user: RecordId | undefined): RecordId | undefined {
  if (user === undefined || isHome(connection)) return user;
  return Object.entries(connection.userMapping).find(([, ours]) => ours === user)?.[0];
}

/** A user of theirs, by our id. */
export const userHere = (connection: Mapped, user: RecordId): RecordId | undefined =>
  isHome(connection) ? user : connection.userMapping[user];

/** A stage of ours, by its id over there. */
export function stageThere(connection: Mapped, stage: RecordId | undefined): RecordId | undefined {
  if (stage === undefined || isHome(connection)) return stage;
  return Object.entries(connection.stageMapping).find(([, ours]) => ours === stage)?.[0];
}

/** A stage of theirs, by our id; one that nobody mapped keeps its own. */
export const stageHere = (connection: Mapped, stage: RecordId): RecordId =>
  isHome(connection) ? stage : (connection.stageMapping[stage] ?? stage);
