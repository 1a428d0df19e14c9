import type { CallState, Command, Happening } from "./call.ts";
import { type Ari, AriError } from "./client.ts";
import { bridgeName, clientLeg, legName, recordingName } from "./protocol.ts";
import type { Exchange } from "./settings.ts";

/** How long a client's phone may ring. */
export const dialSeconds = 60;

/** Does what the machine of a call says, through ARI. Answers what came of it at once, if anything did. */
export type Operator = (state: CallState, command: Command) => Promise<Happening | undefined>;

export function operatorOf({ settings }: Exchange, ari: Ari): Operator {
  const { endpoint, trunk, caller_id, ring_seconds } = settings;

  /** A phone that is not registered is a leg that is gone, and no trouble of ours. */
  async function originate(
    state: CallState,
    leg: string,
    call: { endpoint: string; callerId?: string; timeoutSeconds: number },
  ): Promise<Happening | undefined> {
    try {
      await ari.originate({ ...call, channelId: legName(state.id, leg), appArgs: ["leg", state.id, leg] });
      return undefined;
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      return { what: "gone", leg, outcome: "unavailable" };
    }
  }

  function dial(state: CallState): Promise<Happening | undefined> {
    const shown = state.line ?? caller_id;
    const digits = state.client.replace(/\D/g, "");
    const address = trunk.replaceAll("{phone}", digits).replaceAll("{e164}", `+${digits}`);
    return originate(state, clientLeg, {
      endpoint: address,
      timeoutSeconds: dialSeconds,
      ...(shown !== undefined && shown !== "" && { callerId: shown }),
    });
  }

  async function connect(state: CallState, account: string): Promise<Happening | undefined> {
    const bridge = bridgeName(state.id);
    try {
      if (state.direction === "in") await ari.answer(clientChannelOf(state));
      await ari.createBridge(bridge);
      await ari.addToBridge(bridge, [clientChannelOf(state), legName(state.id, account)]);
      if (!settings.record) return undefined;
      await ari.record(bridge, recordingName(state.id));
      return { what: "recording" };
    } catch (error) {
      // One of the two has just hung up: its event is on its way.
      if (!(error instanceof AriError)) throw error;
      return undefined;
    }
  }

  async function end(state: CallState): Promise<undefined> {
    if (state.isRecorded) await unlessGone(() => ari.stopRecording(recordingName(state.id)));
    return unlessGone(() => ari.destroyBridge(bridgeName(state.id)));
  }

  return (state, command) => {
    switch (command.do) {
      case "let client hear ringing":
        return unlessGone(() => ari.ring(clientChannelOf(state)));
      case "let employee hear ringing":
        return unlessGone(() => ari.ring(legName(state.id, command.account)));
      case "ring":
        return originate(state, command.account, {
          ...{ endpoint: endpoint.replaceAll("{account}", command.account), callerId: state.client, timeoutSeconds: ring_seconds },
        });
      case "dial client":
        return dial(state);
      case "connect":
        return connect(state, command.account);
      case "hang up":
        return unlessGone(() =>
          ari.hangUp(command.leg === clientLeg ? clientChannelOf(state) : legName(state.id, command.leg), command.reason),
        );
      case "end":
        return end(state);
    }
  };
}

/** A client who called has a channel of their own name; one whom we dial gets it from us. */
export const clientChannelOf = ({ id, clientChannel }: CallState): string => clientChannel ?? legName(id, clientLeg);

/** What is gone, or refused now, ends by itself. */
export async function unlessGone(work: () => Promise<void>): Promise<undefined> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
  }
}
