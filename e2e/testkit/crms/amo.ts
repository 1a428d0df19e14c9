import { randomUUID } from "node:crypto";
import { signChatBody, writeChatHook } from "../../../vendors/amocrm/src/protocol.ts";
import { type AmoStandIn, type Switches, startAmo } from "../../../vendors/amocrm/src/standin.ts";
import { type HubProcess, until } from "../hub.ts";
import type { Added } from "../telephony.ts";
import { lookAtAmo } from "./amo-look.ts";
import { addConnection, type CrmUnderTest, putOwnCrmAside } from "./under-test.ts";

const troubles = {
  "nobody answers there": { down: true },
  "the server in front of it answers pages of HTML": { html: true },
  "it has banned our address": { banned: true },
  "it has had enough of us: 429": { storm: 200 },
} satisfies Readonly<Record<string, Partial<Switches>>>;
const calm = { down: false, html: false, banned: false, storm: 0 } satisfies Partial<Switches>;

export const amoTroubles: readonly string[] = Object.keys(troubles);

/** An account at amoCRM, in memory; its one channel of chats is ours. */
export async function startAmoAccount(): Promise<CrmUnderTest> {
  const amo = await startAmo();
  await addInnField(amo);
  let hookUrl = "";
  return {
    companyField: "ИНН",
    people: { ivan: "2772377", anna: "2772376" },
    async connect(hub, company): Promise<Added> {
      await putOwnCrmAside(hub, company);
      const { channelId, secret, botId } = amo.channel;
      const account = await addConnection(hub, company, "amocrm", {
        ...{ side: "account", domain: amo.url, long_lived_token: amo.longLivedToken(), requests_per_second: "0" },
        ...{ chats_host: amo.url, chat_channel_id: channelId, chat_channel_secret: secret, chat_bot_id: botId },
      });
      hookUrl = `${hub.url}/in/${account.secrets["hook_secret"]}/amocrm/chats/${channelId}_${amo.state.info.amojo_id}`;
      await until(async () => amo.state.webhooks.length === 1);
      return account;
    },
    address: (_: HubProcess) => ({ crm_url: new URL(amo.url).host, crm_type: "amocrm" }),
    async stages() {
      const statuses = amo.state.pipelines[0]?._embedded.statuses ?? [];
      const [first, second] = statuses.filter(({ type, id }) => type === 0 && id > 143);
      return { first: String(first?.id), second: String(second?.id), lost: "143" };
    },
    async begin(trouble) {
      Object.assign(amo.switches, (troubles as Readonly<Record<string, Partial<Switches>>>)[trouble]);
      return async () => void Object.assign(amo.switches, calm);
    },
    loseAnswers(count) {
      amo.switches.loseAnswers = count;
      return () => {
        const lost = count - amo.switches.loseAnswers;
        amo.switches.loseAnswers = 0;
        return lost;
      };
    },
    look: lookAtAmo(amo),
    write: (chat, text) => writeInChat(amo, hookUrl, chat, text),
    stop: amo.stop,
  };
}

async function addInnField({ url, longLivedToken }: AmoStandIn): Promise<void> {
  const answer = await fetch(`${url}/api/v4/companies/custom_fields`, {
    method: "POST",
    headers: { authorization: `Bearer ${longLivedToken()}`, "content-type": "application/json" },
    body: JSON.stringify([{ type: "text", name: "ИНН", code: "INN" }]),
  });
  if (!answer.ok) throw new Error(`custom_fields: ${answer.status}`);
}

/** As amoCRM tells its channel of it: once, signed with the channel's secret. */
async function writeInChat({ state, channel }: AmoStandIn, hookUrl: string, uid: string, text: string): Promise<void> {
  const { info, chats, users } = state;
  const chat = chats.chats.find((one) => one.uid === uid);
  if (!chat) throw new Error(`There is no chat ${uid}`);
  const { client, external } = chat;
  const [id, at, message] = [randomUUID(), Date.now(), { type: "text", text } as const];
  const sender = { id: randomUUID(), name: users[0]?.name ?? "" };
  chats.messages.push({ id, chat: uid, client_id: undefined, at, sender, receiver: client, message, reactions: {} });
  const body = writeChatHook({
    ...{ accountId: info.amojo_id, at, messageId: id, sender, message },
    receiver: { id: client.id, ...(client.client_id !== undefined && { client_id: client.client_id }) },
    conversation: { id: uid, ...(external !== undefined && { client_id: external }) },
  });
  const headers = { "content-type": "application/json", "x-signature": signChatBody(body, channel.secret) };
  const answer = await fetch(hookUrl, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`The hub answers ${answer.status} to what is written in a chat`);
}
