import { type Message, signed, writeMessage } from "./protocol.ts";

export interface Endpoint {
  readonly url: string;
  /** The one in force, then those that are still accepted. */
  readonly secrets: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Send = (request: {
  readonly method: "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutSeconds: number;
}) => Promise<Answer>;

/** The specification asks for 15 to 30 seconds. */
const timeoutSeconds = 20;

/** One attempt to deliver a message. The same message keeps its id at every attempt; the time is that of the attempt. */
export function deliver(message: Message, id: string, at: Date, { url, secrets }: Endpoint, send: Send): Promise<Answer> {
  const body = writeMessage(message);
  return send({
    method: "POST",
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...signed(body, { id, at, secrets }) },
    body,
    timeoutSeconds,
  });
}
