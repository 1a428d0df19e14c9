import type { Channels } from "../src/api/crm/channels.ts";

const alone = (): Promise<never> => Promise.reject(new Error("there is no channel"));

/** Every conversation is carried, by a channel that does nothing: for tests of what is kept. */
export const silentChannels: Channels = {
  list: async () => [],
  find: async (_sql, channel) => ({
    ...{ id: channel as never, name: "Silent", isActive: true },
    messenger: { of: String(channel), abilities: { longestText: 4_096, longestCaption: 0, largestFile: 1_000 }, send: alone },
  }),
  nameOf: async () => "Silent",
  isCarried: async () => true,
  give: async () => {},
  showTyping: async () => {},
  keepUpload: alone,
  filesOf: async () => [],
  fileUrl: (_sql, file) => `/files/${file}`,
};
