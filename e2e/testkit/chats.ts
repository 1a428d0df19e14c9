import { api, type HubProcess, until } from "./hub.ts";
import { type Added, addCompany } from "./telephony.ts";

/** A company with a channel of messages, as its people see it by `/hub/v1`. */

export interface ConversationShape {
  readonly id: number;
  readonly network: string;
  readonly channel: number;
  readonly client: { readonly name: string; readonly phone: string | null; readonly username: string | null };
  readonly contact: number | null;
  readonly deal: number | null;
  readonly window_closes_at: string | null;
}
export interface MessageShape {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly kind: string;
  readonly text: string;
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly files: readonly {
    readonly name: string | null;
    readonly type: string | null;
    readonly url: string | null;
    readonly error: string | null;
  }[];
  readonly reply_to: number | null;
  readonly state: string;
  readonly error: string | null;
  readonly reason: string | null;
  readonly reactions: Readonly<Record<string, string>>;
  readonly edited_at: string | null;
}

export async function startChats(hub: HubProcess, subdomain: string) {
  const { token } = await addCompany(hub, subdomain);
  return chatsOf(() => hub, token);
}

export type Chats = ReturnType<typeof chatsOf>;

/** `hub` may be another process from one moment to the next. */
export function chatsOf(hub: () => HubProcess, token: string) {
  const client = () => api(hub(), token);
  const messages = async (conversation: number): Promise<MessageShape[]> =>
    (await client().all<MessageShape>(`/conversations/${conversation}/messages`)).reverse();
  return {
    token,
    client,
    addChannel: (vendor: string, settings: Readonly<Record<string, unknown>>): Promise<Added> =>
      client().send<Added>("POST", "/connections", { vendor, name: "Магазин", settings, allow_private_addresses: true }),
    conversations: () => client().all<ConversationShape>("/conversations"),
    /** The conversation with them, once they stand in the CRM. */
    placed: (name: string): Promise<ConversationShape> =>
      until(async () => {
        const found = (await client().all<ConversationShape>("/conversations")).find((one) => one.client.name === name);
        return found?.contact && found.deal ? found : undefined;
      }, 30),
    /** The earliest first. */
    messages,
    /** Waits for so many, and until no file is on its way. */
    settled: (conversation: number, count: number): Promise<MessageShape[]> =>
      until(async () => {
        const all = await messages(conversation);
        const isCopied = all.every(({ files }) => files.every(({ url, error }) => url !== null || error !== null));
        return all.length >= count && isCopied ? all : undefined;
      }, 30),
    write: (conversation: number, body: object): Promise<MessageShape> =>
      client().send<MessageShape>("POST", `/conversations/${conversation}/messages`, body),
    /** Waits until one of ours is as far as this. */
    reached: (conversation: number, id: number, state: string, seconds = 15): Promise<MessageShape> =>
      until(async () => (await messages(conversation)).find((one) => one.id === id && one.state === state), seconds),
    async upload(bytes: Uint8Array, name: string): Promise<string> {
      const form = new FormData();
      form.append("file", new Blob([Uint8Array.from(bytes)]), name);
      const answer = await fetch(`${hub().url}/hub/v1/files`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: form,
      });
      if (answer.status !== 201) throw new Error(`/files: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { id: string }).id;
    },
    /** What lies at the address of a file. */
    async bytesAt(url: string | null | undefined): Promise<Buffer> {
      const answer = await fetch(new URL(url ?? "/nothing", hub().url));
      if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    /** Requests that were stored of this connection. */
    journal: (connection: number) =>
      client().all<{ id: string; outcome: string; status: number; detail: string | null; path: string }>(
        `/journal?connection=${connection}`,
      ),
  };
}

/** The beginnings by which everybody knows what a file is. */
export const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.from("JFIF\0"), Buffer.alloc(200, 7)]);
export const pdf = Buffer.from("%PDF-1.7\nПрайс\n%%EOF\n");
export const opus = Buffer.concat([Buffer.from("OggS"), Buffer.alloc(24), Buffer.from("OpusHead"), Buffer.alloc(200, 3)]);
