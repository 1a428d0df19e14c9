import type { ConnectionId, KeptMessage } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Ground } from "../adapter/ground.ts";
import { type Amo, AmoError } from "../client.ts";
import { deskOf } from "./desk.ts";
import type { Chats } from "./ground.ts";
import { sourcesIn } from "./sources.ts";

/** The chats of an account, with the account itself in memory. */

interface Source {
  readonly id: number;
  readonly external_id: string;
  readonly name: string;
}
let sources: Source[];
let kit: ReturnType<typeof memoryKit>;
const amo = {
  sources: {
    page: async ({ filter }: { filter: { external_id: string } }) => ({
      items: sources.filter(({ external_id }) => external_id === filter.external_id),
    }),
    async create(draft: Omit<Source, "id">) {
      const made = { id: sources.length + 1, ...draft };
      sources.push(made);
      return made;
    },
    async update() {},
    async remove(id: number) {
      sources = sources.filter((one) => one.id !== id);
    },
  },
} as unknown as Amo;
const channel = 7 as ConnectionId;
beforeEach(() => {
  sources = [];
  kit = memoryKit();
});

const kept: KeptMessage = {
  message: { id: "1", uid: "uid-1", direction: "in", kind: "text", text: "Привет", content: null, files: [], at: "2026-11-30T12:00:00Z" },
  conversation: { id: "5", uid: "uid-5", channel, external: "chat", network: "whatsapp", client: { external: "p", name: "Мария" } },
};

describe("a channel", () => {
  const joining = { uid: "uuid-of-the-account", channel, network: "whatsapp", name: "WhatsApp", isRenamed: false };

  it("has one source, also when messages came before it was joined", async () => {
    const known = sourcesIn(amo, kit);
    const provisional = await known.nameOf(channel, "whatsapp", "WhatsApp");
    expect(sources.map(({ external_id }) => external_id)).toEqual([provisional]);
    expect(await known.join(joining)).toMatchObject({ created: true });
    expect(sources.map(({ external_id }) => external_id)).toEqual(["uuid-of-the-account"]);
    expect(await known.nameOf(channel, "whatsapp", "WhatsApp")).toBe("uuid-of-the-account");
    expect(await known.join(joining)).toMatchObject({ created: false });
    // Somebody may still write by the name that was known before.
    expect(await known.channelOf(provisional)).toBe(channel);
  });
});

describe("a message", () => {
  it("is shown although the integration was installed anew, and its channel has to be connected anew", async () => {
    const shown: string[] = [];
    let [scope, connected] = ["old", 0];
    const chats = {
      scope: async () => scope,
      async forgetScope() {
        scope = `new ${++connected}`;
      },
      channel: {
        async sendMessage(to: string) {
          if (to === "old") throw new AmoError("no such scope", { request: "POST /v2/origin/custom/old", status: 404 } as never);
          shown.push(to);
          return { conversation_id: "amo-chat" };
        },
      },
    } as unknown as Chats;
    const ground = { account: { id: 9, settings: {} }, amo, kit } as unknown as Ground;
    expect(await deskOf(ground, chats, sourcesIn(amo, kit)).show(kept, "WhatsApp")).toEqual({ chat: "amo-chat" });
    expect([shown, connected]).toEqual([["new 1"], 1]);
  });
});
