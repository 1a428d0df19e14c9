import { readFileSync } from "node:fs";
import { answerExchange } from "../exchange.ts";
import { MemoryStore } from "../memory-store.ts";
import {
  type ExchangeRequest,
  type ExchangeSession,
  type ExchangeSettings,
  type ExchangeWork,
  exchangeSettings,
  openSession,
} from "../session.ts";
import type { CmlOrderOut } from "../write-orders.ts";

/** A file of the fixtures, as bytes. */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/commerceml/${name}`, import.meta.url)));

const orderOut: CmlOrderOut = {
  ...{ id: "deal-7", number: "7", date: "2026-03-02T10:00:00", currency: "RUB", sum: "1", lines: [] },
  counterparty: { id: "c", name: "Иван", kind: "person" },
};

/** One exchange whose answers can be read as lines. */
export function start(more: Partial<ExchangeSettings> = {}, work: Partial<ExchangeWork> = {}) {
  const done: string[] = [];
  const store = new MemoryStore();
  const context = {
    ...{ settings: { ...exchangeSettings, ...more }, store, now: "2026-03-02T12:00:00", pause: (): boolean => false },
    work: {
      counterparty: async ({ name }) => void done.push(name),
      document: async ({ kind, id }) => void done.push(`${kind} ${id.slice(0, 4)}`),
      orders: async () => ({ orders: [orderOut], mark: "m1" }),
      taken: async (mark) => void done.push(`taken ${mark}`),
      info: async () => ({ statuses: [{ id: "142", name: "Успешно" }] }),
      ...work,
    } satisfies ExchangeWork,
  };
  const box = { session: openSession("cookie", "s1") as ExchangeSession, context, done, store };
  const raw = async (mode: string, request: ExchangeRequest = {}) => {
    const step = await answerExchange({ type: "sale", sessid: "s1", mode, ...request }, box.session, context);
    // What the caller keeps is JSON.
    box.session = JSON.parse(JSON.stringify(step.session)) as ExchangeSession;
    return step.reply;
  };
  const ask = async (mode: string, request: ExchangeRequest = {}): Promise<string[]> => {
    const { body, contentType } = await raw(mode, request);
    return new TextDecoder(contentType.split("charset=")[1]).decode(body).split("\n");
  };
  return Object.assign(box, { raw, ask });
}
