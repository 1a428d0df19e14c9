import { type CallFacts, type EventDraft, type Events, type EventType, type Phone, readPhone } from "@svyazka/core";
import type { CallState, Told } from "./call.ts";
import { type Exchange, handlingOf } from "./settings.ts";

/** What the machine tells, as facts: each with a key of its own, so that telling twice changes nothing. */
export function factOf(told: Told, state: CallState, exchange: Exchange, now: Date, recordingUrl: string): EventDraft {
  const { id } = state;
  const facts = factsOf(state, told.account, exchange);
  const draft = <T extends EventType>(type: T, data: Events[T]): EventDraft => ({
    type,
    key: [type, id, told.account ?? ""].join(" "),
    subject: `call ${id}`,
    data,
  });
  switch (told.tell) {
    case "ringing":
      return draft("call.ringing", facts);
    case "answered":
      return draft("call.answered", facts);
    case "ended":
      return draft("call.ended", { ...facts, how: told.how });
    case "finished": {
      const answeredAt = state.answeredAt === undefined ? undefined : new Date(state.answeredAt);
      const talkSeconds = answeredAt ? secondsBetween(answeredAt, now) : 0;
      return {
        ...draft("call.finished", {
          ...{ ...facts, outcome: told.outcome, startedAt: state.startedAt, talkSeconds },
          waitSeconds: secondsBetween(new Date(state.startedAt), answeredAt ?? now),
          durationSeconds: secondsBetween(new Date(state.startedAt), now),
          recordings: state.isRecorded ? [recordingUrl] : [],
          handling: handlingOf(exchange),
        }),
        // A call ends once, whoever is said to have spoken.
        key: `call.finished ${id}`,
      };
    }
  }
}

/** A recording is a fact of its own: it is there when Asterisk has closed the file. */
export const recordedFact = (call: string, url: string, exchange: Exchange): EventDraft => ({
  ...{ type: "call.recorded", key: `call.recorded ${call}`, subject: `recording ${call}` },
  data: { call, url, handling: handlingOf(exchange) },
});

export const phoneOf = (text: string, { workspace }: Exchange): Phone =>
  (text.replace(/\D/g, "").length >= 7 ? readPhone(text, workspace.country) : undefined) ?? { typed: text };

function factsOf({ id, direction, client, line }: CallState, account: string | undefined, exchange: Exchange): CallFacts {
  const user = account === undefined ? undefined : exchange.userMapping[account];
  return {
    ...{ call: id, direction, client: phoneOf(client, exchange) },
    ...(line !== undefined && line !== "" && { line }),
    ...(account !== undefined && { employee: { account, extension: account, ...(user !== undefined && { user }) } }),
  };
}

const secondsBetween = (from: Date, to: Date): number => Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
