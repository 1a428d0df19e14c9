import type { ExchangeStore } from "./session.ts";

/** The files of one exchange, in memory: for tests, the demo, and small exchanges. */
export class MemoryStore implements ExchangeStore {
  private readonly files = new Map<string, Uint8Array[]>();

  async append(name: string, bytes: Uint8Array): Promise<void> {
    this.files.set(name, [...(this.files.get(name) ?? []), bytes]);
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    yield* this.files.get(name) ?? [];
  }

  async list(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  async clear(): Promise<void> {
    this.files.clear();
  }
}
