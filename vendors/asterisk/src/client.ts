import { type Channel, type Endpoint, readChannels, readEndpoints, readFault, readIds, wantedEvents } from "./protocol.ts";

/** The way out to the network. Throws when no answer came. */
export type Send = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutSeconds?: number;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** Asterisk said no. 404: what was asked about is gone. 500 at `originate`: nobody is registered there. */
export class AriError extends Error {
  override readonly name = "AriError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface AriOptions {
  /** `http://127.0.0.1:8088` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The name of our Stasis application. */
  readonly app: string;
  readonly send: Send;
}

export interface Originate {
  readonly endpoint: string;
  readonly channelId: string;
  readonly appArgs: readonly string[];
  readonly callerId?: string;
  readonly timeoutSeconds: number;
}

const timeoutSeconds = 5;

/** The dozen calls of ARI that a call engine makes. Every member throws `AriError`, or what `send` throws. */
export function makeAri({ url, username, password, app, send }: AriOptions) {
  const base = `${url.replace(/\/+$/, "")}/ari`;
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };

  async function ask(method: string, path: string, query: Readonly<Record<string, string>> = {}, json?: object): Promise<string> {
    const search = new URLSearchParams(query).toString();
    const { status, body } = await send({
      ...{ method, url: `${base}${path}${search && `?${search}`}`, timeoutSeconds },
      headers: { ...headers, ...(json && { "content-type": "application/json" }) },
      ...(json && { body: JSON.stringify(json) }),
    });
    if (status < 200 || status >= 300) throw new AriError(status, `${status}: ${readFault(body)}`);
    return body;
  }

  /** What is gone already need not be ended. */
  async function end(method: string, path: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    await ask(method, path, query).catch((error: unknown) => {
      if (!(error instanceof AriError && (error.status === 404 || error.status === 409))) throw error;
    });
  }

  const channel = (id: string): string => `/channels/${encodeURIComponent(id)}`;
  const bridge = (id: string): string => `/bridges/${encodeURIComponent(id)}`;
  return {
    /** Where events come from, and what to show there: the password stands in a header, not in an address. */
    events: {
      url: `${base.replace(/^http/, "ws")}/events?${new URLSearchParams({ app, subscribeAll: "false" }).toString()}`,
      headers,
    },
    info: () => ask("GET", "/asterisk/info", { only: "system" }),
    endpoints: async (): Promise<Endpoint[]> => readEndpoints(await ask("GET", "/endpoints/PJSIP")),
    /** Dozens of events per call are left out at the source. An Asterisk that does not know this sends them all. */
    wantEvents: () =>
      ask("PUT", `/applications/${encodeURIComponent(app)}/eventFilter`, {}, { allowed: wantedEvents.map((type) => ({ type })) }).then(
        () => {},
        (error: unknown) => {
          if (!(error instanceof AriError)) throw error;
        },
      ),
    channels: async (): Promise<Channel[]> => readChannels(await ask("GET", "/channels")),
    bridges: async (): Promise<string[]> => readIds(await ask("GET", "/bridges")),
    /** Rings a phone; when it is taken up, it comes into our application with these arguments. */
    async originate({ endpoint, channelId, appArgs, callerId, timeoutSeconds: seconds }: Originate): Promise<void> {
      const query = {
        endpoint,
        app,
        appArgs: appArgs.join(","),
        channelId,
        timeout: String(seconds),
        ...(callerId !== undefined && { callerId }),
      };
      await ask("POST", "/channels", query);
    },
    answer: (id: string) => end("POST", `${channel(id)}/answer`),
    /** Lets the caller hear that it rings. */
    ring: (id: string) => end("POST", `${channel(id)}/ring`),
    hangUp: (id: string, reason: "normal" | "busy" | "congestion" | "no_answer" = "normal") => end("DELETE", channel(id), { reason }),
    createBridge: async (id: string): Promise<void> => void (await ask("POST", "/bridges", { type: "mixing", bridgeId: id })),
    addToBridge: async (id: string, channels: readonly string[]): Promise<void> =>
      void (await ask("POST", `${bridge(id)}/addChannel`, { channel: channels.join(",") })),
    destroyBridge: (id: string) => end("DELETE", bridge(id)),
    record: async (id: string, name: string): Promise<void> =>
      void (await ask("POST", `${bridge(id)}/record`, { name, format: "wav", ifExists: "overwrite", maxDurationSeconds: "0" })),
    stopRecording: (name: string) => end("POST", `/recordings/live/${encodeURIComponent(name)}/stop`),
    recordingUrl: (name: string) => `${base}/recordings/stored/${encodeURIComponent(name)}/file`,
    headers,
  };
}

export type Ari = ReturnType<typeof makeAri>;
