import type { Methods } from "./call.ts";
import { activityMethods } from "./crm/activities.ts";
import { bindingMethods } from "./crm/bindings.ts";
import { classicMethods } from "./crm/classic.ts";
import { duplicateMethods } from "./crm/duplicates.ts";
import { itemMethods } from "./crm/items.ts";
import { requisiteMethods } from "./crm/requisites.ts";
import { statusMethods } from "./crm/statuses.ts";
import { taskMethods } from "./crm/tasks.ts";
import { timelineMethods } from "./crm/timeline.ts";
import { userFieldMethods } from "./crm/user-fields.ts";
import { eventMethods } from "./door/events.ts";
import { systemMethods } from "./door/system.ts";
import { connectorMethods } from "./lines/connectors.ts";
import { historyMethods } from "./lines/history.ts";
import { messageMethods } from "./lines/messages.ts";
import { openLineMethods } from "./lines/open-lines.ts";
import { callRecordMethods } from "./telephony/call-records.ts";
import { externalLineMethods } from "./telephony/external-lines.ts";
import { telephonyMethods } from "./telephony/telephony.ts";
import { userMethods } from "./users.ts";

/** Every method there is, under its name in small letters. */
export const methods: Methods = {
  ...{ ...systemMethods, ...eventMethods, ...userMethods },
  ...{ ...itemMethods, ...classicMethods, ...statusMethods, ...userFieldMethods, ...duplicateMethods },
  ...{ ...timelineMethods, ...activityMethods, ...bindingMethods, ...taskMethods, ...requisiteMethods },
  ...{ ...telephonyMethods, ...externalLineMethods, ...callRecordMethods },
  ...{ ...openLineMethods, ...historyMethods, ...connectorMethods, ...messageMethods },
};
