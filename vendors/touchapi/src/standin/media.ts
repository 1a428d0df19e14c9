export interface Media {
  /** Answers where it is served. */
  put(bytes: Uint8Array, type: string): string;
  /** Undefined when there is none, or none any more. */
  get(path: string): { readonly bytes: Uint8Array; readonly type: string } | undefined;
}

/** Files of messages: their addresses die after a while. */
export function makeMedia(origin: string, deadAfterSeconds: () => number): Media {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly type: string; readonly since: number }>();
  return {
    put(bytes, type) {
      const path = `/media/${files.size + 1}`;
      files.set(path, { bytes, type, since: Date.now() });
      return origin + path;
    },
    get(path) {
      const file = files.get(path);
      const seconds = deadAfterSeconds();
      return file && seconds > 0 && Date.now() - file.since >= seconds * 1_000 ? undefined : file;
    },
  };
}
