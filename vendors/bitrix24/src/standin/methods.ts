import { activityMethods } from "./activities.ts";
import { bindingMethods } from "./bindings.ts";
import type { Methods } from "./call.ts";
import { callRecordMethods } from "./call-records.ts";
import { classicMethods } from "./classic.ts";
import { connectorMethods } from "./connectors.ts";
import { duplicateMethods } from "./duplicates.ts";
import { eventMethods } from "./events.ts";
import { externalLineMethods } from "./external-lines.ts";
import { historyMethods } from "./history.ts";
import { itemMethods } from "./items.ts";
import { messageMethods } from "./messages.ts";
import { openLineMethods } from "./open-lines.ts";
import { requisiteMethods } from "./requisites.ts";
import { statusMethods } from "./statuses.ts";
import { systemMethods } from "./system.ts";
import { taskMethods } from "./tasks.ts";
import { telephonyMethods } from "./telephony.ts";
import { timelineMethods } from "./timeline.ts";
import { userFieldMethods } from "./user-fields.ts";
import { userMethods } from "./users.ts";

/** Every method there is, under its name in small letters. */
export const methods: Methods = {
  ...{ ...systemMethods, ...eventMethods, ...userMethods },
  ...{ ...itemMethods, ...classicMethods, ...statusMethods, ...userFieldMethods, ...duplicateMethods },
  ...{ ...timelineMethods, ...activityMethods, ...bindingMethods, ...taskMethods, ...requisiteMethods },
  ...{ ...telephonyMethods, ...externalLineMethods, ...callRecordMethods },
  ...{ ...openLineMethods, ...historyMethods, ...connectorMethods, ...messageMethods },
};
