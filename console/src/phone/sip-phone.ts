import JsSIP from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { Phone, PhoneCall, PhoneSettings, PhoneState } from "./phone.ts";

/** A telephone by SIP over a WebSocket (RFC 7118), with sound by WebRTC. One call at a time: while one goes on, the next one hears busy. */
export function openSipPhone(settings: PhoneSettings, sound: HTMLAudioElement): Phone {
  let state: PhoneState = { line: "connecting", problem: undefined, call: undefined };
  let session: RTCSession | undefined;
  const watchers = new Set<() => void>();
  const put = (changes: Partial<PhoneState>): void => {
    state = { ...state, ...changes };
    for (const watcher of watchers) watcher();
  };
  const putCall = (changes: Partial<PhoneCall>): void => {
    if (state.call) put({ call: { ...state.call, ...changes } });
  };

  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(settings.server)],
    uri: settings.uri,
    ...(settings.login && { authorization_user: settings.login }),
    ...(settings.password && { password: settings.password }),
    ...(settings.displayName && { display_name: settings.displayName }),
    register: true,
    session_timers: false,
    user_agent: "Svyazka",
  });
  agent.on("connecting", () => put({ line: "connecting" }));
  agent.on("disconnected", () => put({ line: "connecting" }));
  agent.on("registered", () => put({ line: "ready", problem: undefined }));
  agent.on("unregistered", () => put({ line: "off" }));
  agent.on("registrationFailed", ({ cause }) => put({ line: "failed", problem: String(cause ?? "") }));
  agent.on("newRTCSession", ({ session: fresh, originator }: { session: RTCSession; originator: string }) => {
    if (session) {
      fresh.terminate({ status_code: 486, reason_phrase: "Busy Here" });
      return;
    }
    session = fresh;
    put({
      problem: undefined,
      call: {
        direction: originator === "remote" ? "in" : "out",
        number: fresh.remote_identity.uri.user,
        name: fresh.remote_identity.display_name ?? "",
        state: "ringing",
        held: false,
        muted: false,
        since: undefined,
      },
    });
    const hear = (connection: RTCPeerConnection): void =>
      connection.addEventListener("track", ({ streams: [stream], track }) => {
        sound.srcObject = stream ?? new MediaStream([track]);
        void sound.play().catch(() => {});
      });
    if (fresh.connection) hear(fresh.connection);
    else fresh.on("peerconnection", ({ peerconnection }) => hear(peerconnection));
    const over = (cause?: string): void => {
      if (session !== fresh) return;
      session = undefined;
      sound.srcObject = null;
      put({ call: undefined, problem: cause });
    };
    fresh.on("confirmed", () => putCall({ state: "talking", since: state.call?.since ?? Date.now() }));
    fresh.on("hold", ({ originator: by }) => String(by) === "local" && putCall({ held: true }));
    fresh.on("unhold", ({ originator: by }) => String(by) === "local" && putCall({ held: false }));
    fresh.on("muted", () => putCall({ muted: true }));
    fresh.on("unmuted", () => putCall({ muted: false }));
    fresh.on("ended", () => over());
    fresh.on("failed", ({ cause }) => over(String(cause) === "Canceled" || String(cause) === "Terminated" ? undefined : String(cause)));
  });
  agent.start();

  const media = {
    mediaConstraints: { audio: true, video: false },
    pcConfig: { iceServers: settings.iceServers.map((urls) => ({ urls })) },
  };
  return {
    get state() {
      return state;
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    call(number) {
      if (!session) agent.call(number.replace(/[^\d+*#]/g, "") || number, media);
    },
    answer: () => session?.answer(media),
    hangUp: () => session?.terminate(),
    hold: (on) => void (on ? session?.hold() : session?.unhold()),
    mute: (on) => (on ? session?.mute({ audio: true }) : session?.unmute({ audio: true })),
    transfer: (number) => session?.refer(number.replace(/[^\d+*#]/g, "") || number),
    press: (key) => session?.sendDTMF(key),
    stop() {
      watchers.clear();
      agent.stop();
    },
  };
}
