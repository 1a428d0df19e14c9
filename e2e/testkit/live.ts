import type { HubProcess } from "./hub.ts";

export interface News {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** What a signed-in person's open page hears. */
export interface Page {
  readonly news: readonly { readonly news: News; readonly at: number }[];
  close(): void;
}

/** Signs in as a person does, and keeps `/hub/v1/live` open. */
export async function openPage(hub: HubProcess, email: string, password: string): Promise<Page> {
  const signedIn = await fetch(`${hub.url}/hub/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0];
  if (signedIn.status !== 200 || !cookie) throw new Error(`${email} cannot sign in: ${signedIn.status} ${await signedIn.text()}`);
  const leave = new AbortController();
  const stream = await fetch(`${hub.url}/hub/v1/live`, { headers: { cookie }, signal: leave.signal });
  const news: { news: News; at: number }[] = [];
  const read = async () => {
    let text = "";
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString("utf8");
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) news.push({ news: JSON.parse(data) as News, at: performance.now() });
      }
    }
  };
  read().catch(() => {});
  return { news, close: () => leave.abort() };
}
