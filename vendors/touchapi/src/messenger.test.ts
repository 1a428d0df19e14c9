import { type ConnectionId, NotYet, readSettings, type SentMessage, Unavailable, type Workspace, type WorkspaceId } from "@svyazka/core";
import { memoryKit, messengerContract, trialFiles } from "@svyazka/core/testkit";
import { sendReally } from "../testkit/send.ts";
import { messengerOf } from "./adapter/messenger.ts";
import { settings, type TouchConnection } from "./settings.ts";
import { startTouchApi } from "./standin.ts";

const workspace: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "example", name: "ООО Пример", country: "RU", timeZone: "Europe/Moscow" },
  ...{ language: "ru", currency: "RUB" },
};
const accountAt = (address: string, token: string): TouchConnection => ({
  ...{ id: 5 as ConnectionId, name: "WhatsApp", workspace, fieldMapping: {}, userMapping: {}, stageMapping: {} },
  settings: readSettings(settings, { source: "whatsapp", login: "example", address }).values as TouchConnection["settings"],
  secrets: { token, hook_secret: "hook-secret", account_uuid: "33333333-3333-4333-8333-333333333333", api_key: "api-key" },
  directory: { users: [], pipelines: [], fields: { contact: [], company: [], deal: [] }, taskTypes: [], sources: [] },
});
/** The network of this machine, in the words of the hub's own way out. */
const kit = memoryKit({
  files: trialFiles,
  fetch: async (request) => {
    try {
      return await sendReally(request);
    } catch (error) {
      throw new Unavailable(`${new URL(request.url).host} did not answer`, { cause: error });
    }
  },
});
const conversation: SentMessage["conversation"] = {
  ...{ id: "1", uid: "11111111-1111-4111-8111-111111111111", network: "whatsapp", external: "79161234567@c.us" },
  client: { external: "79161234567", name: "Анна", phone: "+79161234567" },
};

messengerContract("An account of Touch-API", async () => {
  const touch = await startTouchApi({ switches: { echoes: false } });
  const { token } = touch.add({ token: "token-of-the-account" });
  await touch.say("whatsapp:example", { from: "79161234567", text: "Здравствуйте" });
  return {
    messenger: messengerOf(accountAt(touch.url, token), kit),
    ...{ connection: "5", conversation },
    taken: () => touch.sent.map(({ text = "", content = [] }) => ({ text, fileName: content[0]?.filename })),
    be(how) {
      touch.switches.blocked = how === "refusing";
      touch.switches.down = how === "flooded" ? "429" : false;
      touch.switches.lostAnswers = how === "losing-answers";
    },
    lost: messengerOf(accountAt("http://127.0.0.1:2/api", token), kit),
    waiting: messengerOf(accountAt(touch.url, token), {
      ...kit,
      fetch: () => Promise.reject(new NotYet("not now", { retryAfterSeconds: 2 })),
      pause: () => Promise.reject(new Error("nobody was told that it is too much")),
    }),
    revoked: messengerOf(accountAt(touch.url, "token-that-is-worth-nothing"), kit),
    secrets: [token, "token-that-is-worth-nothing"],
    close: () => touch.close(),
  };
});
