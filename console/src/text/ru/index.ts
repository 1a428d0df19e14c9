import type { Text } from "../en/index.ts";
import { activity } from "./activity.ts";
import { calls } from "./calls.ts";
import { common } from "./common.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { entrance } from "./entrance.ts";
import { inbox } from "./inbox.ts";
import { profile } from "./profile.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { start } from "./start.ts";
import { tasks } from "./tasks.ts";

export const ru: Text = { activity, calls, common, contacts, deals, entrance, inbox, profile, settings, shell, start, tasks };
