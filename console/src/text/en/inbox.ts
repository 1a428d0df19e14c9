export const inbox = {
  title: "Inbox",
  empty: "No conversations yet",
  emptyText: "Conversations from messengers will stand here, each with its owner. None of the connections brings messages so far.",
  connect: "To the connections",
};
