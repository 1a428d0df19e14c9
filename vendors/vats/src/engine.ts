import { type Kit, Refused, type Rehearsal, type StopSignal, type Telephony, type TelephonyUser } from "@svyazka/core";
import { recordsPath } from "./door.ts";
import { handlingOf, type Line } from "./settings.ts";
import { simulatedPbx } from "./simulated.ts";

/** What makes the calls of a PBX that we are: the simulated one, or another connection of the workspace. */
export interface Engine {
  startCall: Telephony["startCall"];
  users(): Promise<readonly TelephonyUser[]>;
  /** How to ask for a recording. */
  recording: Telephony["recording"];
  /** Only where calls are played. */
  readonly rehearsal?: Rehearsal;
  watch?(signal: StopSignal): Promise<void>;
}

export const isSimulated = ({ settings }: Line): boolean => settings.engine === "simulated";

/** Whose facts are ours: our own, or those of the connection that makes the calls. */
export const engineName = (line: Line): string => (isSimulated(line) ? String(line.id) : line.settings.engine);

export function engineOf(line: Line, kit: Kit): Engine {
  if (!isSimulated(line)) return borrowed(line, kit);
  const { watch, play, startCall, users } = simulatedPbx({
    ...{ kit, users: accountsOf(line), userMapping: line.userMapping, handling: handlingOf(line), country: line.workspace.country },
    recordingUrl: (call, seconds) => `${kit.publicUrl()}/in/${line.id}${recordsPath}/${call}-${seconds}.wav`,
  });
  return { startCall, users, recording: (url) => ({ method: "GET", url }), rehearsal: { play }, watch };
}

function borrowed(line: Line, kit: Kit): Engine {
  const telephony = async (): Promise<Telephony> => {
    const found = await kit.telephonyOf(line.settings.engine);
    if (!found) throw new Refused(`there is no connection ${line.settings.engine} that can call: add one, or set engine=simulated`);
    return found;
  };
  return {
    startCall: async (call) => (await telephony()).startCall(call),
    users: async () => (await telephony()).users(),
    recording: (url) => ({ method: "GET", url }),
  };
}

/** `login:name:extension`. */
export const accountsOf = ({ settings }: Line): TelephonyUser[] =>
  settings.accounts.flatMap((text) => {
    const [account = "", name = "", extension = ""] = text.split(":").map((part) => part.trim());
    return account === "" ? [] : [{ account, name: name === "" ? account : name, ...(extension !== "" && { extension }) }];
  });
