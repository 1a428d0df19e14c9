import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ConnectionId,
  type OwnCrm,
  readSettings,
  type SentMessage,
  Unavailable,
  type Workspace,
  type WorkspaceId,
} from "@svyazka/core";
import { memoryKit, messengerContract, trialFiles } from "@svyazka/core/testkit";
import { connectedKey } from "./served/chats.ts";
import { connectChannel } from "./served/messenger.ts";
import { type Integration, settings } from "./settings.ts";

const workspace: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "example", name: "ООО Пример", country: "RU", timeZone: "Europe/Moscow" },
  ...{ language: "ru", currency: "RUB" },
};
const secrets = {
  channel_id: "44444444-4444-4444-8444-444444444444",
  channel_secret: "secret-of-the-channel",
  bot_id: "55555555-5555-4555-8555-555555555555",
};
const channelAt = (hook_uri: string): Integration => ({
  ...{ id: 5 as ConnectionId, name: "WhatsApp", workspace, fieldMapping: {}, userMapping: {}, stageMapping: {} },
  settings: readSettings(settings, { side: "channel", hook_uri, origin: "whatsapp" }).values as Integration["settings"],
  secrets: secrets as unknown as Integration["secrets"],
  directory: { users: [], pipelines: [], fields: { contact: [], company: [], deal: [] }, taskTypes: [], sources: [] },
});
const conversation: SentMessage["conversation"] = {
  ...{ id: "1", uid: "11111111-1111-4111-8111-111111111111", network: "whatsapp", external: "chat-1" },
  client: { external: "79161234567", name: "Анна" },
};
const crm = { sources: { list: async () => [] } } as unknown as OwnCrm;

/** A program that somebody wrote for amoCRM: it takes hooks. */
async function startProgram() {
  const taken: { text: string; fileName?: string | undefined }[] = [];
  let how = "well";
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (how === "refusing") return response.writeHead(422).end();
      const { message } = (
        JSON.parse(Buffer.concat(chunks).toString("utf8")) as { message: { message: { text?: string; file_name?: string } } }
      ).message;
      taken.push({ text: message.text ?? "", fileName: message.file_name });
      if (how === "losing-answers") return response.destroy();
      return response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/:scope_id` },
    be(now: string) {
      how = now;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

// What the program at the other end says, beside that it has taken it, the documents do not tell.
messengerContract(
  "A channel of amoCRM's chats",
  async () => {
    const program = await startProgram();
    const kit = memoryKit({
      ...{ files: trialFiles, ownCrm: async () => crm },
      fetch: async ({ method, url, headers = {}, body = "" }) => {
        try {
          const answer = await fetch(url, { method, headers, body });
          return { status: answer.status, headers: {}, body: await answer.text() };
        } catch (error) {
          throw new Unavailable(`${new URL(url).host} did not answer`, { cause: error });
        }
      },
    });
    await kit.store.put(...connectedKey, {});
    const messengerAt = (url: string) => {
      const { messenger } = connectChannel(channelAt(url), kit);
      if (!messenger) throw new Error("it must offer the port");
      return messenger;
    };
    return {
      messenger: messengerAt(program.url),
      ...{ connection: "5", conversation, taken: () => program.taken, be: program.be, close: program.close },
      lost: messengerAt("http://127.0.0.1:2/hooks"),
      secrets: [secrets.channel_secret],
    };
  },
  { ids: true, closed: true, troubles: ["flooded"] },
);
