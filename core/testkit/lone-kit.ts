import type { Kit } from "../src/kit.ts";

const alone = (): Promise<never> => Promise.reject(new Error("nobody is there"));

/** What the hub lends to a connection that asks nobody for anything: every way out fails. */
export const loneKit: Kit = {
  fetch: alone,
  openSocket: alone,
  pause: async () => {},
  now: () => new Date(),
  publicUrl: () => "http://127.0.0.1",
  store: { get: alone, put: alone, remove: alone, take: alone, list: alone },
  book: { save: alone, remove: alone, get: alone, find: alone, touch: alone },
  exclusively: (_names, work) => work(),
  resume: alone,
  files: { read: alone, url: (id) => `http://127.0.0.1/files/${id}` },
  recordingUrl: ({ url }) => url,
  record: alone,
  isHeard: async () => true,
  route: alone,
  telephonyOf: alone,
  crm: async () => undefined,
  links: { find: alone, of: alone, save: alone, remove: alone },
  ownCrm: alone,
  openDoor: alone,
  closeDoor: alone,
  signIn: alone,
  callDesk: alone,
  crms: { find: async () => undefined, add: alone, bind: alone },
  siblings: { list: alone, add: alone, change: alone, disable: alone, remove: alone, exclusively: (_names, work) => work(), kitOf: alone },
};
