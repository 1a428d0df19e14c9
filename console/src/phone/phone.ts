/** A telephone in the page, whatever speaks for it: what the buttons need and no more. */

export interface PhoneSettings {
  /** `wss://…` of the exchange. */
  readonly server: string;
  /** `sip:name@host`. */
  readonly uri: string;
  readonly login: string | null;
  readonly password: string | null;
  readonly displayName: string | null;
  readonly iceServers: readonly string[];
}

export interface PhoneCall {
  readonly direction: "in" | "out";
  /** As the exchange names the other side. */
  readonly number: string;
  readonly name: string;
  readonly state: "ringing" | "talking";
  readonly held: boolean;
  readonly muted: boolean;
  /** When they began to talk, by the clock of the page. */
  readonly since: number | undefined;
}

export interface PhoneState {
  readonly line: "off" | "connecting" | "ready" | "failed";
  /** Why the line does not stand, or why the last call did not come about, in the exchange's words. */
  readonly problem: string | undefined;
  readonly call: PhoneCall | undefined;
}

export interface Phone {
  readonly state: PhoneState;
  /** Answers how to stop watching. */
  watch(onChange: () => void): () => void;
  call(number: string): void;
  answer(): void;
  /** Ends the call, or refuses it. */
  hangUp(): void;
  hold(on: boolean): void;
  mute(on: boolean): void;
  /** Hands the call over to this number, and is out of it. */
  transfer(number: string): void;
  press(key: string): void;
  stop(): void;
}

export const noPhone: PhoneState = { line: "off", problem: undefined, call: undefined };
