/** A user of the account, in the chats API. */
export const chatUserId = (user: number): string => `00000000-0000-4000-8000-${String(user).padStart(12, "0")}`;
