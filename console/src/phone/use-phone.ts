import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useAsk } from "../data/queries.ts";
import { noPhone, type Phone, type PhoneState } from "./phone.ts";

/** The phone of this page: one, while it is set up and switched on. */

let current: Phone | undefined;
const watchers = new Set<() => void>();
let forget = (): void => {};

function put(phone: Phone | undefined): void {
  forget();
  current = phone;
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  forget = phone?.watch(tell) ?? ((): void => {});
  tell();
}

/** For whoever wants to call: undefined while the line does not stand. */
export const readyPhone = (): Phone | undefined => (current?.state.line === "ready" ? current : undefined);
export const thePhone = (): Phone | undefined => current;

export const usePhoneState = (): PhoneState =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current?.state ?? noPhone,
  );

/** Keeps the line open while the page is. The SIP stack is fetched only by those who have a phone. */
export function useSipLine(): React.RefObject<HTMLAudioElement | null> {
  const sound = useRef<HTMLAudioElement>(null);
  const { data } = useAsk("getOwnSoftphone", {}, { staleTime: 300_000 });
  const settings = data?.softphone?.enabled ? data.softphone : undefined;
  const key = settings && JSON.stringify(settings);
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => {
    if (key === undefined || !sound.current) return undefined;
    const { server, uri, login, password, display_name, ice_servers } = JSON.parse(key) as NonNullable<typeof settings>;
    const element = sound.current;
    let stopped = false;
    void import("./sip-phone.ts").then(({ openSipPhone }) => {
      if (!stopped) put(openSipPhone({ server, uri, login, password, displayName: display_name, iceServers: ice_servers }, element));
    }, setFailed);
    return () => {
      stopped = true;
      current?.stop();
      put(undefined);
    };
  }, [key]);
  if (failed !== undefined) throw failed;
  return sound;
}
