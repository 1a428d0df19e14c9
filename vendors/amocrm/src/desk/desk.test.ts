import type { ConnectionId } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Amo } from "../client.ts";
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
