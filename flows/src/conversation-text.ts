/** What the flows write about conversations, and what became of messages. */
export const conversationRussian = {
  conversationFrom: (channel: string) => `Переписка: ${channel}`,
  done: {
    messageSent: "Сообщение передано каналу",
    messageUnknown: "Неизвестно, дошло ли сообщение: само оно больше не отправляется",
    messageKept: "Сообщение записано",
    messageKnown: "Это сообщение уже было",
    messageMarked: "Отмечено",
    messageShown: "Показано в CRM",
    messageTaken: "Передано каналу переписки",
    fileKept: (bytes: number) => `Файл сохранён: ${Math.ceil(bytes / 1024)} КБ`,
    fileLost: (why: string) => `Файла не будет: ${why}`,
    conversationLeft: "Карточки для переписки не создаются: так выбрано",
    conversationPlaced: "Собеседник известен",
  },
};

export const conversationEnglish: typeof conversationRussian = {
  conversationFrom: (channel) => `Conversation: ${channel}`,
  done: {
    messageSent: "The message was given to the channel",
    messageUnknown: "Nobody knows whether the message has arrived: it is not sent again by itself",
    messageKept: "The message is kept",
    messageKnown: "This message was there already",
    messageMarked: "Noted",
    messageShown: "Shown in the CRM",
    messageTaken: "Given to the channel of the conversation",
    fileKept: (bytes) => `The file is kept: ${Math.ceil(bytes / 1024)} KB`,
    fileLost: (why) => `There will be no file: ${why}`,
    conversationLeft: "No records are made for conversations: so it was chosen",
    conversationPlaced: "Whoever writes is known",
  },
};
