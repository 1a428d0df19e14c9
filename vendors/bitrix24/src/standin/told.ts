import { type Branch, writeBrackets } from "@svyazka/wire";
import type { Params } from "./call.ts";
import type { Portal } from "./portal.ts";
import { type SignIn, scopeText } from "./sign-in.ts";

/** How events reach handlers: api-reference/events. A form by POST, every value a string, once and never again. */
export interface SentEvent {
  readonly event: string;
  readonly handler: string;
  readonly data: Params;
  /** The form as it was sent. */
  readonly body: string;
  /** 0 is no answer. */
  readonly status: number;
}

export interface Teller {
  tell(event: string, data: Params, by: number): void;
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

  function queueOffline(event: string, data: Params): void {
    if (!portal.state.bindings.some((one) => one.offline && one.event === event)) return;
    // Only the last state of an object is kept, unless it is being worked on.
    const key = JSON.stringify(data);
    portal.state.offline = portal.state.offline.filter(
      (one) => one.event !== event || JSON.stringify(one.data) !== key || one.processId !== "",
    );
    portal.state.offline.push({ id: portal.nextId(), event, data, at: portal.now(), processId: "", failed: false });
  }

  return {
    sent,
    tell(event, data, by) {
      queueOffline(event, data);
      for (const binding of portal.state.bindings.filter((one) => !one.offline && one.event === event)) {
        if (dropped > 0) {
          dropped--;
          continue;
        }
        const form = {
          event,
          event_handler_id: binding.id,
          data: data as Branch,
          ts: Math.floor(portal.now() / 1000),
          auth: authOf(portal, signIn(), by),
        };
        const body = writeBrackets(form);
        const before = lines.get(binding.handler) ?? Promise.resolve();
        lines.set(
          binding.handler,
          before.then(async () => {
            sent.push({ event, handler: binding.handler, data, body, status: await deliver(portal, binding.handler, body) });
          }),
        );
      }
    },
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

/** The token in an event is of the one whose deed it was. */
const authOf = (portal: Portal, signIn: SignIn, by: number) => ({
  ...{ access_token: signIn.issue(by).access_token, expires: Math.floor(portal.now() / 1000) + 3600, expires_in: 3600 },
  ...whereOf(portal),
  user_id: by,
});

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
