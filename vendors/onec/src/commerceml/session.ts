import type { Encoding } from "./encoding.ts";
import type { CmlCounterparty, CmlDocument } from "./types.ts";
import type { ExchangeInfo } from "./write-info.ts";
import type { CmlOrderOut } from "./write-orders.ts";

/** Where the files of one exchange wait; one store for each session. */
export interface ExchangeStore {
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes in the order they were appended; nothing for a name that is not kept. */
  read(name: string): AsyncIterable<Uint8Array>;
  list(): Promise<readonly string[]>;
  /** For a file that 1C begins to send anew. */
  remove(name: string): Promise<void>;
  clear(): Promise<void>;
}

/**
 * What the exchange is for. Each may be called again for what it was called for before: 1C repeats.
 * A throw ends the request with `failure` and the error's text, and the next import begins at the same record;
 * what is wrong with one record only should be noted and swallowed.
 */
export interface ExchangeWork {
  counterparty(counterparty: CmlCounterparty): Promise<void>;
  document(document: CmlDocument): Promise<void>;
  /** Orders changed since the last mark that was taken, and the mark to take when 1C has them. */
  orders(): Promise<{ readonly orders: readonly CmlOrderOut[]; readonly mark: string }>;
  /** 1C has all orders up to this mark. */
  taken(mark: string): Promise<void>;
  info(): Promise<ExchangeInfo>;
}

export interface ExchangeSettings {
  /** Cookie that carries the session; 1C sends it back as it was told, unencrypted. */
  readonly cookieName: string;
  readonly zip: boolean;
  /** Bytes of one chunk that 1C may send. */
  readonly fileLimit: number;
  /** Bytes of all files of one exchange. */
  readonly exchangeLimit: number;
  /** Of answers; without it windows-1251 in an old-style exchange and UTF-8 in one that tells its version. */
  readonly encoding?: Encoding;
}

export const exchangeSettings: ExchangeSettings = {
  ...{ cookieName: "svyazka_1c", zip: true },
  ...{ fileLimit: 2 * 1024 * 1024, exchangeLimit: 512 * 1024 * 1024 },
};

/** How far the import of one file has come. */
export interface ImportState {
  /** Records of the file that are done. */
  readonly done: number;
  readonly counterparties: number;
  readonly documents: number;
  readonly warnings: readonly string[];
  /** All of it is in. */
  readonly finished: boolean;
}

/** What is remembered between the requests of one exchange: plain data, to be kept as JSON. */
export interface ExchangeSession {
  /** The cookie's value: secret, made by the caller. */
  readonly id: string;
  readonly sessid: string;
  /** As agreed in `init`; undefined is the old style. */
  readonly version?: string;
  readonly imports: Readonly<Record<string, ImportState>>;
  /** Archives that were looked through, and what they hold. */
  readonly archives: Readonly<Record<string, readonly string[]>>;
  readonly receivedBytes: number;
  /** The last bytes of each file in hex, old style only: they tell whether a file is whole. */
  readonly tails: Readonly<Record<string, string>>;
  /** The mark of the orders that were given out and not yet confirmed. */
  readonly offered?: string;
}

/** A session at its start; `id` and `sessid` come from the caller, who has chance. */
export function openSession(id: string, sessid: string): ExchangeSession {
  return { id, sessid, imports: {}, archives: {}, receivedBytes: 0, tails: {} };
}

/** A request as the exchange sees it: the query's parameters and the body of a `mode=file`. */
export interface ExchangeRequest {
  readonly type?: string | undefined;
  readonly mode?: string | undefined;
  readonly filename?: string | undefined;
  readonly version?: string | undefined;
  readonly sessid?: string | undefined;
  readonly body?: Uint8Array | undefined;
}

export interface ExchangeReply {
  /** Always 200: 1C reads `failure` and its text only then. */
  readonly status: 200;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface ExchangeContext {
  readonly settings: ExchangeSettings;
  readonly store: ExchangeStore;
  readonly work: ExchangeWork;
  /** Now in the base's own zone, `YYYY-MM-DDTHH:MM:SS`, for the heading of what we write. */
  readonly now: string;
  /** Asked after each record: true ends this request with `progress`, and 1C asks again. At least one record is done each time. */
  readonly pause: () => boolean;
}

/** An answer, and the session to keep. */
export interface ExchangeStep {
  readonly reply: ExchangeReply;
  readonly session: ExchangeSession;
}
