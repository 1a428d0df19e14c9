import type { QueryClient } from "@tanstack/react-query";
import type { OperationId } from "./client.ts";

/** What the hub tells open pages by itself. */

/** Which questions an answer of which record stands in. */
const timelines = ["dealTimeline", "contactTimeline", "companyTimeline"] as const;
const askedOf: Readonly<Record<string, readonly OperationId[]>> = {
  deals: ["getDeal", "listDeals", "listDealCards", "boardTotals", ...timelines],
  contacts: ["getContact", "listContacts", "listDealCards", ...timelines],
  companies: ["getCompany", "listCompanies", "listDealCards", ...timelines],
  tasks: ["getTask", "listTasks", "listDealCards", ...timelines],
  notes: [...timelines],
  calls: ["getCall", "listCalls", ...timelines],
};

/** News often comes in bursts: what is on the screen is asked for again at most this often. */
const breathMs = 1000;

/** Listens until told to stop. What was missed while the line was down is asked for when it is up again. */
export function listen(client: QueryClient, onCard: (news: Record<string, unknown>) => void): () => void {
  const stale = new Set<OperationId>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;
  const refresh = (operations: readonly OperationId[]): void => {
    for (const operation of operations) stale.add(operation);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const operation of stale) void client.invalidateQueries({ queryKey: [operation] });
      stale.clear();
    }, breathMs);
  };
  const stream = new EventSource("/hub/v1/live");
  stream.onopen = () => {
    if (wasOpen) void client.invalidateQueries();
    wasOpen = true;
  };
  const on = (type: string, handle: (news: Record<string, unknown>) => void): void =>
    stream.addEventListener(type, (event) => {
      const news: unknown = JSON.parse(String(event.data));
      if (typeof news === "object" && news !== null) handle(news as Record<string, unknown>);
    });
  on("records", (news) => {
    for (const [kind, operations] of Object.entries(askedOf)) if (kind in news) refresh(operations);
  });
  on("journal", () => refresh(["listJournal", "listConnections"]));
  on("deliveries", () => refresh(["listDeliveries", "listConnections", "getJournal"]));
  for (const type of ["call.ringing", "call.gone"]) on(type, onCard);
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
