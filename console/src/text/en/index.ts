import { activity } from "./activity.ts";
import { audit } from "./audit.ts";
import { calls } from "./calls.ts";
import { common } from "./common.ts";
import { connections } from "./connections.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { deliveries } from "./deliveries.ts";
import { duplicates } from "./duplicates.ts";
import { entrance } from "./entrance.ts";
import { grants } from "./grants.ts";
import { imports } from "./imports.ts";
import { journal } from "./journal.ts";
import { profile } from "./profile.ts";
import { reports } from "./reports.ts";
import { routes } from "./routes.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { softphone } from "./softphone.ts";
import { start } from "./start.ts";
import { system } from "./system.ts";
import { tasks } from "./tasks.ts";
import { trash } from "./trash.ts";

export const en = {
  activity,
  audit,
  calls,
  common,
  connections,
  contacts,
  deals,
  deliveries,
  duplicates,
  entrance,
  grants,
  imports,
  journal,
  profile,
  reports,
  routes,
  settings,
  shell,
  softphone,
  start,
  system,
  tasks,
  trash,
};

/** Every language has all of these. */
export type Text = typeof en;
