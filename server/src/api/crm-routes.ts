import { activityRoutes } from "./crm/activity-routes.ts";
import { bulkRoutes } from "./crm/bulk-routes.ts";
import { callRoutes, type WriteRecording } from "./crm/call-routes.ts";
import { choiceRoutes } from "./crm/choice-routes.ts";
import { conversationRoutes, type GiveOut } from "./crm/conversation-routes.ts";
import { importRoutes, type WakeImporters } from "./crm/import-routes.ts";
import { mergeRoutes } from "./crm/merge-routes.ts";
import { recordRoutes } from "./crm/record-routes.ts";
import { reportRoutes } from "./crm/report-routes.ts";
import { storableRequests } from "./crm/requests.ts";
import { searchRoutes } from "./crm/search-routes.ts";
import { setupRoutes } from "./crm/setup-routes.ts";
import { viewRoutes } from "./crm/view-routes.ts";
import type { Implementation } from "./implement.ts";

/** Everything of `/hub/v1` that is the CRM's. */
export const crmRoutes = (writeRecording: WriteRecording, wakeImporters: WakeImporters, out: GiveOut): readonly Implementation[] =>
  storableRequests([
    ...recordRoutes,
    ...bulkRoutes,
    ...importRoutes(wakeImporters),
    ...mergeRoutes,
    ...reportRoutes,
    ...searchRoutes,
    ...activityRoutes(writeRecording),
    ...callRoutes(writeRecording),
    ...conversationRoutes(out),
    ...setupRoutes,
    ...viewRoutes,
    ...choiceRoutes,
  ]);
