import { AmoApiClient, AmoJoChannelClient, AmoJoScopeClient } from "@mobilon-dev/amotop";

/**
 * A messenger that somebody wrote for amoCRM, on a client library that somebody else wrote for it. It is told where its amoCRM is and with what it gets in, and tells
 * what it saw: one JSON object on a line.
 */
const { domain, token, channelId, channelSecret, botId } = JSON.parse(process.argv[2] ?? "{}") as Record<
  "domain" | "token" | "channelId" | "channelSecret" | "botId",
  string
>;
const api = new AmoApiClient(domain, token);
const account = await api.getAccount({ amojo_id: true } as never);
const amojoId = ((await api.axios.get("/api/v4/account?with=amojo_id")).data as { amojo_id: string }).amojo_id;
const { amojo_id: userId } = ((await api.axios.get("/api/v4/users?with=amojo_id")).data as { _embedded: { users: { amojo_id: string }[] } })
  ._embedded.users[0] ?? { amojo_id: "" };

const channel = new AmoJoChannelClient({ channelId, channelSecret, amoChatDomain: domain });
const connected = (await channel.connectChannel(amojoId, "WhatsApp")) as unknown as { scope_id: string };
const scope = new AmoJoScopeClient({ scopeId: connected.scope_id, channelSecret, amoChatDomain: domain });

const { id: conversationId } = (await scope.createChat(scope.getChatDto(userId))) as { id: string };
const send = async (payload: Record<string, unknown>) =>
  ((await scope.sendMessage(payload)) as { new_message: { msgid: string } }).new_message.msgid;
const incoming = await send(scope.getTextPayloadFromContact({ conversationId, senderName: "Ольга", message: "Здравствуйте" }));
await send(scope.getImagePayloadFromContact({ conversationId, senderName: "Ольга", mediaUrl: "https://example.com/1.png" }));
const fromUser = await send(scope.getTextPayloadFromUser({ conversationId, amojoUserId: userId, message: "Добрый день" }));
await send(scope.getTextPayloadFromBot({ conversationId, channelBotId: botId, message: "Мы работаем до девяти" }));
await scope.updateMessageStatus(fromUser, 2 as never);
const history = (await scope.getChatHistory(conversationId)) as { messages: { sender: { name: string }; message: { text: string } }[] };

const { _embedded } = (await api.axios.get("/api/v4/talks")).data as { _embedded: { talks: { talk_id: number; contact_id: number }[] } };
const [talk] = _embedded.talks;
const chats = (await api.getContactChats(talk?.contact_id ?? 0)) as { _embedded: { chats: { chat_id: string }[] } };
const read = (await api.getTalkById(talk?.talk_id ?? 0)) as { is_in_work: boolean; entity_type: string };
await api.closeTalkById(talk?.talk_id ?? 0, true);
const closed = (await api.getTalkById(talk?.talk_id ?? 0)) as { is_in_work: boolean };
await channel.disconnectChannel(amojoId);
const refused = await send(scope.getTextPayloadFromContact({ conversationId, senderName: "Ольга", message: "?" })).catch(
  (error: { response?: { status: number } }) => error.response?.status,
);

console.log(
  JSON.stringify({
    account: (account as { subdomain: string }).subdomain,
    scope: connected.scope_id === `${channelId}_${amojoId}`,
    incoming: incoming.length,
    history: history.messages.map(({ sender, message }) => `${sender.name}: ${message.text}`),
    chats: chats._embedded.chats.map(({ chat_id }) => chat_id === conversationId),
    talk: read.entity_type,
    work: [read.is_in_work, closed.is_in_work],
    refused,
  }),
);
