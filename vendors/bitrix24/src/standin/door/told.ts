import { type Branch, writeBrackets } from "@svyazka/wire";
import type { Binding, EventData, Portal } from "../portal.ts";
import { type SignIn, scopeText } from "./sign-in.ts";

/** How events reach handlers: api-reference/events. A form by POST, every value a string, once and never again. */
export interface SentEvent {
  readonly event: string;
  readonly handler: string;
  readonly data: EventData;
  /** The form as it was sent. */
  readonly body: string;
  /** 0 is no answer. */
  readonly status: number;
}

export interface Teller {
  tell(event: string, data: EventData, by: number): void;
  readonly sent: readonly SentEvent[];
  /** So many deliveries from now on are lost. */
  dropNext(count: number): void;
  /** Resolves when every delivery under way has been answered. */
  settled(): Promise<void>;
}

const patienceMs = 5_000;

export function startTeller(portal: Portal, signIn: () => SignIn): Teller {
  const sent: SentEvent[] = [];
  const lines = new Map<string, Promise<void>>();
  let dropped = 0;

  /** Answers whether there is something new in the queue. */
  function queueOffline(event: string, data: EventData): boolean {
    if (!portal.state.bindings.some((one) => one.offline && one.event === event)) return false;
    // Only the last state of an object is kept, unless it is being worked on.
    const key = JSON.stringify(data);
    portal.state.offline = portal.state.offline.filter(
      (one) => one.event !== event || JSON.stringify(one.data) !== key || one.processId !== "",
    );
    portal.state.offline.push({ id: portal.nextId(), event, data, at: portal.now(), processId: "", failed: false });
    return true;
  }

  function tell(event: string, data: EventData, by: number): void {
    // Whoever polls the queue is told that there is something in it.
    if (queueOffline(event, data)) tell("ONOFFLINEEVENT", {}, by);
    for (const binding of portal.state.bindings.filter((one) => !one.offline && one.event === event)) {
      if (dropped > 0) dropped--;
      else post(binding, data, by);
    }
  }

  /** After what that handler is still being told: a slow one is told less often. */
  function post(binding: Binding, data: EventData, by: number): void {
    const { event, handler } = binding;
    const ts = Math.floor(portal.now() / 1000);
    const body = writeBrackets({
      event,
      event_handler_id: binding.id,
      data: data as Branch,
      ts,
      auth: authOf(portal, signIn(), event, by),
    });
    const before = lines.get(handler) ?? Promise.resolve();
    lines.set(
      handler,
      before.then(async () => {
        sent.push({ event, handler, data, body, status: await deliver(portal, handler, body) });
      }),
    );
  }

  return {
    sent,
    tell,
    dropNext(count) {
      dropped += count;
    },
    async settled() {
      for (let before = -1; before !== sent.length; ) {
        before = sent.length;
        await Promise.all(lines.values());
      }
    },
  };
}

/** The token in an event is of the one whose deed it was. What may renew it comes with the ping of the queue only. */
function authOf(portal: Portal, signIn: SignIn, event: string, by: number) {
  const { access_token, refresh_token, expires } = signIn.issue(by);
  const renewal = event === "ONOFFLINEEVENT" ? { refresh_token } : {};
  return { access_token, expires, expires_in: 3600, ...whereOf(portal), user_id: by, ...renewal };
}

/** Which portal, and which application of it. */
export const whereOf = (portal: Portal) => ({
  ...{ scope: scopeText(portal), domain: new URL(portal.url()).host, server_endpoint: `${portal.url()}/rest/`, status: "L" },
  ...{ client_endpoint: `${portal.url()}/rest/`, member_id: portal.memberId, application_token: portal.app.applicationToken },
});

async function deliver(portal: Portal, handler: string, body: string): Promise<number> {
  try {
    const answer = await portal.web(handler, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "Bitrix24 Webhook Engine" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
