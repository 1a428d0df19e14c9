import { activityRoutes } from "./crm/activity-routes.ts";
import { bulkRoutes } from "./crm/bulk-routes.ts";
import { callRoutes, type WriteRecording } from "./crm/call-routes.ts";
import { channelRoutes } from "./crm/channel-routes.ts";
import type { Channels } from "./crm/channels.ts";
import { choiceRoutes } from "./crm/choice-routes.ts";
import { conversationRoutes } from "./crm/conversation-routes.ts";
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
export const crmRoutes = (writeRecording: WriteRecording, wakeImporters: WakeImporters, channels: Channels): readonly Implementation[] =>
  storableRequests([
    ...recordRoutes,
    ...bulkRoutes,
    ...importRoutes(wakeImporters),
    ...mergeRoutes,
    ...reportRoutes,
    ...searchRoutes,
    ...activityRoutes(writeRecording),
    ...callRoutes(writeRecording),
    ...conversationRoutes(channels),
    ...channelRoutes(channels),
    ...setupRoutes,
    ...viewRoutes,
    ...choiceRoutes,
  ]);
