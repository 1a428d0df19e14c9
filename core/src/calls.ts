import type { Phone } from "./phone.ts";
import type { RecordId } from "./words.ts";

export const callDirections = ["in", "out", "internal"] as const;
export type CallDirection = (typeof callDirections)[number];

/** How a call ended. `missed`: nobody here took it. `cancelled`: we hung up before the client answered. The rest: the client's side said no. */
export const callOutcomes = ["answered", "missed", "cancelled", "busy", "unavailable", "not_allowed", "not_found"] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** What is known of a call whenever something is told about it. */
export interface CallFacts {
  /** Names the call at its connection: the same for all of its legs and for everything that is told about it. */
  readonly call: string;
  readonly direction: CallDirection;
  /** Who is on the other side. Without `e164` it is nobody's number: anonymous, an extension, something that is no phone. */
  readonly client: Phone;
  /** Our number that was called, or is shown to the client. */
  readonly line?: string;
  readonly employee?: Employee;
}

/** Whose phone rings, or who speaks. */
export interface Employee {
  /** Their name at the PBX. A group or the PBX itself is nobody: it has no `user`. */
  readonly account?: string;
  readonly extension?: string;
  readonly group?: string;
  /** The user of the CRM this account belongs to. */
  readonly user?: RecordId;
}

/** The line's owner set it up so. */
export interface CallHandling {
  /** What to make of a stranger who called: nothing, a contact, or a contact and a deal. */
  readonly unknownCaller: "nothing" | "contact" | "deal";
  readonly pipeline?: RecordId;
  readonly stage?: RecordId;
  /** Whose they become when nobody answered; several take turns. */
  readonly responsible: readonly RecordId[];
  /** Minutes within which a missed call is to be returned; 0 makes no task. */
  readonly missedTaskMinutes: number;
  /** Days for which recordings are kept here; 0 leaves them where they are. */
  readonly recordingDays: number;
}

export type RingingCall = CallFacts;
export type AnsweredCall = CallFacts;

/** One leg is over: the conversation ended, or this phone stopped ringing (the client gave up, or a colleague answered). It never decides the outcome. */
export interface EndedLeg extends CallFacts {
  readonly how: "completed" | "cancelled" | "transferred";
  /** With `transferred`: the call that goes on. */
  readonly next?: string;
}

/** The call is over, and this is its account. */
export interface FinishedCall extends CallFacts {
  /** Absent where the sender does not say: then an answer seen before, or a recording, decides. */
  readonly outcome?: CallOutcome;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly waitSeconds?: number;
  readonly talkSeconds?: number;
  /** The whole call, where the sender does not tell waiting from talking. */
  readonly durationSeconds?: number;
  readonly recordings: readonly string[];
  readonly rating?: number;
  readonly handling: CallHandling;
}

/** There is, or will soon be, a recording at this address. */
export interface RecordedCall {
  readonly call: string;
  readonly url: string;
  readonly handling: CallHandling;
}

/** The client's mark for the call. */
export interface RatedCall {
  readonly call: string;
  readonly rating: number;
  readonly employee?: Employee;
}

/** One call, as much of it as is told at one time. `key` names the call, not the write. */
export interface CallDraft {
  readonly key: string;
  readonly direction: CallDirection;
  readonly client: Phone;
  readonly line?: string;
  readonly employee?: Employee;
  /** `over`: no more is to come but recordings and a rating. */
  readonly state: CallState;
  /** With `over`; where the teller did not say, an answer seen before decides, or else a recorded conversation. */
  readonly outcome?: CallOutcome;
  readonly startedAt?: Date;
  readonly waitSeconds?: number;
  readonly talkSeconds?: number;
  readonly durationSeconds?: number;
  readonly recordings?: readonly CallRecording[];
  readonly rating?: number;
  readonly contact?: RecordId;
  readonly deal?: RecordId;
}

export const callStates = ["ringing", "talking", "over"] as const;
export type CallState = (typeof callStates)[number];

export interface CallRecording {
  /** Where the PBX has it. */
  readonly url: string;
  /** Our copy. */
  readonly file?: string;
}

/** All that is known of a call. */
export interface KnownCall extends Omit<CallDraft, "key" | "outcome"> {
  readonly recordings: readonly CallRecording[];
  readonly answered: boolean;
  readonly told?: CallOutcome;
  /** Exactly while it is over. */
  readonly outcome?: CallOutcome;
}

/**
 * Adds what is told to what is known. Tellings race and repeat: whatever their order, state, outcome, who spoke and recordings end up the same. A call never goes back,
 * an answer is never taken back, and what is absent changes nothing.
 */
export function mergeCall(known: KnownCall | undefined, told: Omit<CallDraft, "key">): KnownCall {
  const isOver = told.state === "over";
  const state = known && callStates.indexOf(known.state) > callStates.indexOf(told.state) ? known.state : told.state;
  const answered = known?.answered === true || told.state === "talking" || told.outcome === "answered";
  const { outcome: _, ...plain } = told;
  const merged: KnownCall = {
    ...known,
    ...plain,
    direction: known && !isOver ? known.direction : told.direction,
    client: known?.client.e164 !== undefined ? known.client : told.client,
    ...pick("employee", employeeOf(known, told)),
    ...pick("startedAt", (isOver ? told.startedAt : undefined) ?? known?.startedAt ?? told.startedAt),
    ...pick("contact", known?.contact ?? told.contact),
    ...pick("deal", known?.deal ?? told.deal),
    ...pick("told", told.outcome ?? known?.told),
    recordings: mergeRecordings(known?.recordings ?? [], told.recordings ?? []),
    state,
    answered,
  };
  const { outcome: __, ...open } = merged;
  return state === "over" ? { ...open, outcome: outcomeOf(merged) } : open;
}

/** Who spoke beats whose phone rang. A person beats a group. */
function employeeOf(known: KnownCall | undefined, told: Omit<CallDraft, "key">): Employee | undefined {
  if (!told.employee || !known?.employee) return told.employee ?? known?.employee;
  if (told.state === "ringing" && (known.state !== "ringing" || known.employee.user !== undefined)) return known.employee;
  if (told.employee.user === undefined && known.employee.user !== undefined) return { ...told.employee, ...known.employee };
  return told.state === "over" && known.answered && known.employee.user !== undefined && told.employee.user !== known.employee.user
    ? known.employee
    : told.employee;
}

function outcomeOf({ answered, told, direction, durationSeconds = 0, talkSeconds = 0, recordings }: KnownCall): CallOutcome {
  if (answered) return "answered";
  if (told !== undefined) return told;
  if (talkSeconds > 0 || (durationSeconds > 0 && recordings.length > 0)) return "answered";
  return direction === "in" ? "missed" : "unavailable";
}

function mergeRecordings(known: readonly CallRecording[], told: readonly CallRecording[]): readonly CallRecording[] {
  const all = new Map(known.map((recording) => [recording.url, recording]));
  for (const recording of told) all.set(recording.url, { ...all.get(recording.url), ...recording });
  return [...all.values()];
}

const pick = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };
