/** What a reader of server-sent events hears. */
export interface Stream {
  readonly news: readonly { readonly news: Heard; readonly at: number }[];
  text(): string;
  isOpen(): boolean;
  close(): void;
}
// biome-ignore lint/suspicious/noExplicitAny: tests look into news of every shape
type Heard = { readonly type: string } & Readonly<Record<string, any>>;

/** Resolves when the stream is open; throws when it is refused. */
export async function openStream(url: string, headers: Record<string, string>): Promise<Stream> {
  const leave = new AbortController();
  const stream = await fetch(url, { headers, signal: leave.signal });
  if (stream.status !== 200) throw new Error(`${url}: ${stream.status} ${await stream.text()}`);
  const news: { news: Heard; at: number }[] = [];
  let whole = "";
  let isOpen = true;
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream.body ?? []) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      whole += text;
      const messages = (rest + text).split("\n\n");
      rest = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) news.push({ news: JSON.parse(data) as Heard, at: performance.now() });
      }
    }
  };
  read()
    .catch(() => {})
    .finally(() => {
      isOpen = false;
    });
  return { news, text: () => whole, isOpen: () => isOpen, close: () => leave.abort() };
}
