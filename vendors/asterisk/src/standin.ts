import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { acceptSocket, type Outgoing } from "./websocket.ts";

/** How a phone behaves when it is rung, whether it is ours or a client's at the trunk. */
export interface Phone {
  /** Nobody is registered there: Asterisk refuses to ring it. */
  readonly isUnregistered?: true;
  readonly answersAfterMs?: number;
  /** Says no with a SIP answer: 486 busy, 603 declined, 404 no such number, … */
  readonly refusesWith?: { readonly cause: number; readonly techCause: number; readonly afterMs?: number };
  /** After it was taken up. */
  readonly hangsUpAfterMs?: number;
}

export interface AsteriskStandin {
  readonly url: string;
  /** By endpoint: `PJSIP/101`, `PJSIP/79101234567@trunk`. One that is not there never answers. */
  readonly phones: Map<string, Phone>;
  /** What ARI was asked, in order: `POST /channels PJSIP/101`. */
  readonly asked: readonly string[];
  /** Channels that are there now. */
  channels(): readonly string[];
  /** A call comes in at the trunk. */
  call(call: { readonly from: string; readonly line?: string; readonly hangsUpAfterMs?: number }): string;
  hangUp(channel: string): void;
  /** The connection is lost, the calls go on. */
  dropSockets(): void;
  readonly listeners: number;
  close(): Promise<void>;
}

interface StandinChannel {
  readonly id: string;
  readonly name: string;
  state: "Down" | "Ring" | "Ringing" | "Up";
  readonly caller: string;
  /** Of the application, once it is in it. */
  readonly args: readonly string[];
  readonly phone: Phone;
  isInApp: boolean;
}

export interface StandinOptions {
  readonly username?: string;
  readonly password?: string;
  readonly app?: string;
  readonly endpoints?: readonly string[];
}

/** A scripted Asterisk over real HTTP and a real WebSocket: phones behave as they are told, ARI answers as it does. */
export async function startAsterisk({
  username = "svyazka",
  password = "secret",
  app = "svyazka",
  endpoints = ["101", "102", "103"],
}: StandinOptions = {}): Promise<AsteriskStandin> {
  const channels = new Map<string, StandinChannel>();
  const bridges = new Map<string, { channels: string[]; recording?: string }>();
  const phones = new Map<string, Phone>();
  const asked: string[] = [];
  const recordings = new Set<string>();
  const sockets = new Set<Outgoing>();
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

  const shape = (channel: StandinChannel) => ({
    ...{
      id: channel.id,
      name: channel.name,
      state: channel.state,
      language: "en",
      accountcode: "",
      creationtime: new Date().toISOString(),
    },
    ...{ caller: { name: "", number: channel.caller }, connected: { name: "", number: "" } },
    dialplan: {
      context: "default",
      exten: "s",
      priority: 1,
      app_name: channel.isInApp ? "Stasis" : "",
      app_data: channel.isInApp ? [app, ...channel.args].join(",") : "",
    },
  });
  const emit = (type: string, rest: object): void => {
    const event = JSON.stringify({
      type,
      ...rest,
      timestamp: new Date().toISOString(),
      asterisk_id: "00:00:00:00:00:01",
      application: app,
    });
    for (const socket of sockets) socket.send(event);
  };
  const later = (ms: number, channel: StandinChannel, work: () => void): void => {
    setTimeout(() => channels.get(channel.id) === channel && work(), ms).unref();
  };

  function enter(channel: StandinChannel): void {
    channel.isInApp = true;
    emit("StasisStart", { args: channel.args, channel: shape(channel) });
  }

  function destroy(channel: StandinChannel, cause = 16, techCause?: number): void {
    channels.delete(channel.id);
    for (const bridge of bridges.values()) bridge.channels = bridge.channels.filter((id) => id !== channel.id);
    if (channel.isInApp) emit("StasisEnd", { channel: shape(channel) });
    emit("ChannelDestroyed", { cause, cause_txt: "", channel: shape(channel), ...(techCause !== undefined && { tech_cause: techCause }) });
  }

  function stopRecording(name: string): boolean {
    const bridge = [...bridges.values()].find((one) => one.recording === name);
    if (!bridge) return false;
    delete bridge.recording;
    recordings.add(name);
    emit("RecordingFinished", { recording: { name, format: "wav", state: "done", target_uri: "bridge" } });
    return true;
  }

  function originate(query: URLSearchParams): Answer {
    const endpoint = query.get("endpoint") ?? "";
    const phone = phones.get(endpoint) ?? {};
    if (phone.isUnregistered) return { status: 500, body: { error: "Allocation failed" } };
    const id = query.get("channelId") ?? randomUUID();
    // Asking twice with one id does not ring twice.
    if (channels.has(id)) return { status: 409, body: { message: "Channel with given unique ID already exists" } };
    const channel: StandinChannel = {
      id,
      name: endpoint,
      state: "Down",
      caller: query.get("callerId") ?? "",
      args: (query.get("appArgs") ?? "").split(","),
      phone,
      isInApp: false,
    };
    channels.set(id, channel);
    later(1, channel, () => {
      channel.state = "Ringing";
      emit("ChannelStateChange", { channel: shape(channel) });
    });
    const { refusesWith, answersAfterMs } = phone;
    if (refusesWith) later(refusesWith.afterMs ?? 5, channel, () => destroy(channel, refusesWith.cause, refusesWith.techCause));
    else if (answersAfterMs !== undefined) later(answersAfterMs, channel, () => up(channel));
    later(Number(query.get("timeout") ?? 30) * 1000, channel, () => channel.state !== "Up" && destroy(channel, 19, 480));
    return { status: 200, body: shape(channel) };
  }

  function up(channel: StandinChannel): void {
    channel.state = "Up";
    enter(channel);
    if (channel.phone.hangsUpAfterMs !== undefined) later(channel.phone.hangsUpAfterMs, channel, () => destroy(channel));
  }

  function answer(method: string, path: string, query: URLSearchParams): Answer {
    const [, kind = "", id = "", what = ""] = path.split("/").map(decodeURIComponent);
    const channel = kind === "channels" ? channels.get(id) : undefined;
    const gone: Answer = { status: 404, body: { message: "Not found" } };
    const done: Answer = { status: 204 };
    switch (`${method} /${kind}${id === "" ? "" : "/:id"}${what === "" ? "" : `/${what}`}`) {
      case "GET /asterisk/:id":
        return { status: 200, body: { system: { version: "22.10.0", entity_id: "00:00:00:00:00:01" } } };
      case "GET /endpoints/:id":
        return { status: 200, body: endpoints.map((resource) => ({ technology: "PJSIP", resource, state: "online", channel_ids: [] })) };
      case "PUT /applications/:id/eventFilter":
        return { status: 200, body: { name: app } };
      case "GET /channels":
        return { status: 200, body: [...channels.values()].map(shape) };
      case "GET /bridges":
        return { status: 200, body: [...bridges.keys()].map((bridge) => ({ id: bridge, bridge_type: "mixing" })) };
      case "POST /channels":
        return originate(query);
      case "POST /channels/:id/ring":
        return channel ? done : gone;
      case "POST /channels/:id/answer":
        if (!channel) return gone;
        channel.state = "Up";
        return done;
      case "DELETE /channels/:id":
        if (!channel) return gone;
        destroy(channel);
        return done;
      case "POST /bridges":
        bridges.set(query.get("bridgeId") ?? "", { channels: [] });
        return { status: 200, body: { id: query.get("bridgeId") } };
      case "POST /bridges/:id/addChannel": {
        const bridge = bridges.get(id);
        const wanted = (query.get("channel") ?? "").split(",");
        if (!bridge || wanted.some((one) => !channels.has(one))) return { status: 400, body: { message: "Channel not found" } };
        bridge.channels.push(...wanted);
        return done;
      }
      case "POST /bridges/:id/record": {
        const bridge = bridges.get(id);
        if (!bridge) return gone;
        bridge.recording = query.get("name") ?? "";
        return { status: 201, body: { name: bridge.recording, state: "queued" } };
      }
      case "DELETE /bridges/:id":
        return bridges.delete(id) ? done : gone;
      case "POST /recordings/:id/stop":
        return gone;
      default:
        return recordingAnswer(method, path) ?? { status: 404, body: { message: `Invalid method or path: ${method} ${path}` } };
    }
  }

  function recordingAnswer(method: string, path: string): Answer | undefined {
    const live = /^\/recordings\/live\/([^/]+)\/stop$/.exec(path)?.[1];
    if (live !== undefined && method === "POST")
      return stopRecording(live) ? { status: 204 } : { status: 404, body: { message: "Recording not found" } };
    const stored = /^\/recordings\/stored\/([^/]+)\/file$/.exec(path)?.[1];
    if (stored === undefined || !recordings.has(stored)) return undefined;
    return { status: 200, sound: Buffer.concat([Buffer.from("RIFF\x24\x08\x00\x00WAVEfmt ", "latin1"), Buffer.alloc(800, 7)]) };
  }

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://asterisk");
    const path = pathname.replace(/^\/ari/, "");
    request.resume();
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end('{"error":"Unauthorized"}');
    asked.push(`${request.method} ${path}${searchParams.has("endpoint") ? ` ${searchParams.get("endpoint")}` : ""}`);
    const { status, body, sound } = answer(request.method ?? "GET", path, searchParams);
    response
      .writeHead(status, { "content-type": sound ? "audio/wav" : "application/json" })
      .end(sound ?? (body === undefined ? undefined : JSON.stringify(body)));
  };
  const server = createServer(serve);
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    if (request.headers.authorization !== authorization) return void socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    const one: Outgoing = acceptSocket(request, socket, () => sockets.delete(one));
    sockets.add(one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    phones,
    asked,
    channels: () => [...channels.keys()],
    call({ from, line = "78001234567", hangsUpAfterMs }) {
      const channel: StandinChannel = {
        id: randomUUID(),
        name: "PJSIP/trunk",
        state: "Ring",
        caller: from,
        args: ["in", line],
        phone: {},
        isInApp: false,
      };
      channels.set(channel.id, channel);
      enter(channel);
      if (hangsUpAfterMs !== undefined) later(hangsUpAfterMs, channel, () => destroy(channel));
      return channel.id;
    },
    hangUp(id) {
      const channel = channels.get(id);
      if (channel) destroy(channel);
    },
    dropSockets() {
      for (const socket of sockets) socket.drop();
    },
    get listeners() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.drop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly sound?: Buffer;
}
