import { useEffect, useRef, useState } from "react";
import type { AnswerOf } from "../../data/client.ts";
import { upload } from "../../data/upload.ts";

/** Files on their way to the hub, before a message takes them along. */

export interface Attachment {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  /** Of a picture: an address to show it by. */
  readonly picture?: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly done?: AnswerOf<"uploadFile">;
  readonly error?: unknown;
}

export const mostFiles = 10;

export function useUploads() {
  const [items, setItems] = useState<readonly Attachment[]>([]);
  const stops = useRef(new Map<string, AbortController>());
  const pictures = useRef(new Set<string>());
  useEffect(() => {
    const [running, shown] = [stops.current, pictures.current];
    return () => {
      for (const stop of running.values()) stop.abort();
      for (const url of shown) URL.revokeObjectURL(url);
    };
  }, []);
  const change = (key: string, changes: Partial<Attachment>): void =>
    setItems((items) => items.map((item) => (item.key === key ? { ...item, ...changes } : item)));

  function begin(file: File): void {
    const key = crypto.randomUUID();
    const stop = new AbortController();
    stops.current.set(key, stop);
    const picture = /^image\/(jpeg|png|gif|webp)$/.test(file.type) ? URL.createObjectURL(file) : undefined;
    if (picture) pictures.current.add(picture);
    setItems((items) => [...items, { key, name: file.name, bytes: file.size, share: 0, ...(picture && { picture }) }]);
    upload(file, (share) => change(key, { share }), stop.signal).then(
      (done) => change(key, { done, share: 1 }),
      (error: unknown) => !stop.signal.aborted && change(key, { error }),
    );
  }

  return {
    items,
    isBusy: items.some(({ done, error }) => !done && error === undefined),
    add: (files: readonly File[]) => files.forEach(begin),
    remove(key: string) {
      stops.current.get(key)?.abort();
      setItems((items) => items.filter((item) => item.key !== key));
    },
    clear: () => setItems([]),
  };
}
