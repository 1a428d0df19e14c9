import type { Account } from "./account.ts";
import { accountRoutes } from "./account-info.ts";
import { callRoutes } from "./calls.ts";
import { catalogRoutes } from "./catalogs.ts";
import { complexRoutes } from "./complex.ts";
import { customerRoutes } from "./customers.ts";
import { eventRoutes } from "./events.ts";
import { fieldRoutes } from "./fields.ts";
import { type ApiReply, type ApiRequest, answer, type Route } from "./http.ts";
import { linkRoutes } from "./links.ts";
import { noteRoutes } from "./notes.ts";
import { oldReadRoutes } from "./old-reads.ts";
import { oldWriteRoutes } from "./old-writes.ts";
import { pipelineRoutes } from "./pipelines.ts";
import { recordRoutes } from "./records.ts";
import { sourceRoutes } from "./sources.ts";
import { tagRoutes } from "./tags.ts";
import { talkRoutes } from "./talks.ts";
import { taskRoutes } from "./tasks.ts";
import { unsortedRoutes } from "./unsorted.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Every address that is answered. What stands by a word comes before what stands by a number. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...complexRoutes,
  ...pipelineRoutes,
  ...unsortedRoutes,
  ...customerRoutes,
  ...fieldRoutes,
  ...catalogRoutes,
  ...tagRoutes,
  ...noteRoutes,
  ...linkRoutes,
  ...talkRoutes,
  ...recordRoutes,
  ...taskRoutes,
  ...callRoutes,
  ...eventRoutes,
  ...sourceRoutes,
  ...webhookRoutes,
  ...oldReadRoutes,
  ...oldWriteRoutes,
];

/** amoCRM's API over an account, whoever keeps it. `now` is Unix seconds. */
export const answerApi = (account: Account, request: ApiRequest, now: number): Promise<ApiReply> => answer(routes, account, request, now);
