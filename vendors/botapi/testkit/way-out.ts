import { overFetch } from "@svyazka/wire";

/** The network of this machine. Throws what the platform throws. */
export const localSend = overFetch(fetch);
