import type { QueryClient } from "@tanstack/react-query";
import { type OperationId, send } from "./client.ts";
import { noteTyping } from "./typing.ts";

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
/** Somebody waits for the next words of a conversation: they are asked for at once, and then at most this often. */
const talkBreathMs = 300;
/** How long a line that was refused is left alone. */
const reopenMs = 5000;

/** Whether this page has listened before: then it may have missed something. */
let wasOpen = false;

/** Listens until told to stop. What was missed while the line was down is asked for when it is up again. */
export function listen(client: QueryClient, onCard: (news: Record<string, unknown>) => void): () => void {
  const stale = new Set<OperationId>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = (operations: readonly OperationId[]): void => {
    for (const operation of operations) stale.add(operation);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const operation of stale) void client.invalidateQueries({ queryKey: [operation] });
      stale.clear();
    }, breathMs);
  };
  const talk = followTalk(client);
  const heard: Readonly<Record<string, (news: Record<string, unknown>) => void>> = {
    records(news) {
      for (const [kind, operations] of Object.entries(askedOf)) if (someOf(news[kind])) refresh(operations);
      if (someOf(news["conversations"])) talk(news["conversations"]);
    },
    "conversation.changed": ({ conversation }) => talk([conversation]),
    "conversation.typing": noteTyping,
    directory: () =>
      refresh(["listUsers", "listPipelines", "listFields", "listSources", "listLossReasons", "listTaskTypes", "listGroups", "listTags"]),
    journal: () => refresh(["listJournal", "listConnections"]),
    deliveries: () => refresh(["listDeliveries", "listDeliveryCauses", "listConnections", "getJournal"]),
    "connection.parked": () => refresh(["listConnections", "getConnection", "listChannels"]),
    "connection.disabled": () => refresh(["listConnections", "getConnection", "listChannels"]),
    "call.ringing": onCard,
    "call.gone": onCard,
  };
  let stopped = false;
  let stream: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    stream = new EventSource("/hub/v1/live");
    stream.onopen = () => {
      if (wasOpen) void client.invalidateQueries();
      wasOpen = true;
    };
    // A line that breaks is opened anew by the browser; one that the hub or a proxy has answered with an error is not.
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) reopen();
    };
    for (const [type, handle] of Object.entries(heard)) {
      stream.addEventListener(type, (event) => {
        const news: unknown = JSON.parse(String(event.data));
        if (typeof news === "object" && news !== null) handle(news as Record<string, unknown>);
      });
    }
  };
  // Asking who is here tells a hub that is away from a session that is over: whoever listens then is told to stop.
  const reopen = (): void => {
    again = setTimeout(
      () =>
        void send("whoAmI").then(
          () => !stopped && open(),
          () => !stopped && reopen(),
        ),
      reopenMs,
    );
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearTimeout(again);
    stream.close();
  };
}

/** Ids, or `many`; often none of a kind. */
const someOf = (ids: unknown): boolean => ids === "many" || (Array.isArray(ids) && ids.length > 0);

/** Asks again for conversations that have gone on, by their ids or `many`; never while the answer before is on its way. */
function followTalk(client: QueryClient): (which: unknown) => void {
  const stale = new Set<unknown>();
  let busy = false;
  const ask = (of: unknown): Promise<unknown>[] => {
    const path = of === "many" ? [] : [{ id: of }];
    return (["getConversation", "listMessages"] as const).map((operation) => client.invalidateQueries({ queryKey: [operation, ...path] }));
  };
  async function run(): Promise<void> {
    busy = true;
    while (stale.size > 0) {
      const now = [...stale];
      stale.clear();
      const lists = (["listConversations", "countUnread"] as const).map((operation) => client.invalidateQueries({ queryKey: [operation] }));
      await Promise.all([...lists, ...now.flatMap(ask), new Promise((resolve) => setTimeout(resolve, talkBreathMs))]);
    }
    busy = false;
  }
  return (which) => {
    for (const one of Array.isArray(which) ? which : [which]) stale.add(one);
    if (!busy) void run();
  };
}
