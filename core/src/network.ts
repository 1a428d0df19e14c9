/** The way out to the network, as a vendor is given it. */

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of `body`, for what is no text. */
  readonly bytes?: Uint8Array;
  readonly timeoutSeconds?: number;
  /** What in it is secret, beside the secrets of the connection: nobody is shown it. */
  readonly secrets?: readonly string[];
  /** The answer brings new secrets, which nobody knows yet: nobody is shown it. */
  readonly hidesReply?: boolean;
}
export interface OutgoingReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface SocketEar {
  text(data: string): void;
  /** Told once, whoever closed it. */
  closed(because: string): void;
}
export interface Socket {
  send(text: string): void;
  close(): void;
}
/**
 * Redirects are answers, never followed. Throws `Unavailable` when no answer came. What certainly has not left is named by its error: `Refused` when the address is not allowed,
 * `NotYet` when there is no turn within what the vendor's pace allows. A client that knows nothing of the hub passes both on, by these names.
 */
export type Fetch = (request: OutgoingRequest) => Promise<OutgoingReply>;
