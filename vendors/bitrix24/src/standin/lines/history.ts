import { type Call, type Methods, Refusal } from "../call.ts";
import { numberParam } from "../params.ts";
import { stampOf } from "../portal.ts";

/** What was said in a dialogue: api-reference/imopenlines/openlines/sessions/imopenlines-session-history-get. */
export const historyMethods: Methods = {
  "imopenlines.session.history.get": { scope: "imopenlines", run: history },
};

function history(call: Call) {
  const { portal } = call;
  const [chatId, sessionId] = [numberParam(call, "CHAT_ID"), numberParam(call, "SESSION_ID")];
  const chat = [...portal.state.chats.values()].find((one) => one.id === chatId || one.sessionId === sessionId);
  if (!chat) throw new Refusal(400, "ACCESS_DENIED", "You dont have access to this chat");
  const shown = chat.messages.filter(({ deleted }) => !deleted);
  return {
    ...{ chatId: chat.id, sessionId: chat.sessionId, canJoin: "Y", canVoteAsHead: "N" },
    message: Object.fromEntries(
      shown.map(({ id, text, by }) => [
        String(id),
        {
          id: String(id),
          chatid: String(chat.id),
          senderid: String(by ?? 0),
          recipientid: `chat${chat.id}`,
          date: stampOf(portal.now()),
          text,
        },
      ]),
    ),
    usersMessage: { [`chat${chat.id}`]: shown.map(({ id }) => String(id)) },
    ...{ users: [], openlines: [], userInGroup: [], woUserInGroup: [], chat: {}, userBlockChat: [], userChat: [], files: [] },
  };
}
