import type { Kit } from "@svyazka/core";
import type { ExchangeStore } from "../commerceml/index.ts";

/** The files of one exchange, chunk by chunk, in the hub: seen by every process, gone after a day. */
export function chunkStore({ store }: Pick<Kit, "store">, session: string): ExchangeStore {
  const days = 1;
  const read = async (): Promise<Readonly<Record<string, number>>> =>
    (await store.get<Record<string, number>>("exchange-files", session)) ?? {};
  const write = (files: Readonly<Record<string, number>>): Promise<void> => store.put("exchange-files", session, files, { days });
  const chunkId = (name: string, number: number): string => `${session} ${name} ${number}`;
  async function remove(name: string): Promise<void> {
    const { [name]: chunks = 0, ...rest } = await read();
    for (let number = 0; number < chunks; number++) await store.remove("exchange-chunk", chunkId(name, number));
    await write(rest);
  }
  return {
    async append(name, bytes) {
      const files = await read();
      const count = files[name] ?? 0;
      await store.put("exchange-chunk", chunkId(name, count), Buffer.from(bytes).toString("base64"), { days });
      await write({ ...files, [name]: count + 1 });
    },
    async *read(name) {
      const chunks = (await read())[name] ?? 0;
      for (let number = 0; number < chunks; number++) {
        const text = await store.get<string>("exchange-chunk", chunkId(name, number));
        if (text !== undefined) yield Buffer.from(text, "base64");
      }
    },
    list: async () => Object.keys(await read()),
    remove,
    async clear() {
      for (const name of Object.keys(await read())) await remove(name);
    },
  };
}
