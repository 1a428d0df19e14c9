import { Agent, request } from "node:http";

export interface Answer {
  readonly name: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
}

/**
 * Sends forms one after another over several connections until told to stop, each with a name of its own.
 * A sender that gets no success sends the same form again, as a good sender would: the id of the request stays.
 */
export class FormLoad {
  readonly answers: Answer[] = [];
  readonly #agent: Agent;
  readonly #target: () => string;
  readonly #token: string;
  readonly #connections: number;
  #sending = true;
  #count = 0;
  #senders: Promise<void>[] = [];

  constructor(target: () => string, token: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#target = target;
    this.#token = token;
    this.#connections = connections;
  }

  start(): this {
    this.#senders = Array.from({ length: this.#connections }, () => this.#send());
    return this;
  }

  async stop(): Promise<readonly Answer[]> {
    this.#sending = false;
    await Promise.all(this.#senders);
    this.#agent.destroy();
    return this.answers;
  }

  async #send(): Promise<void> {
    while (this.#sending) {
      const name = `Клиент ${this.#count++}`;
      const status = await this.#post(name);
      this.answers.push({ name, status });
      if (status === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #post(name: string): Promise<number | undefined> {
    const phone = 79_000_000_000 + Math.floor(Math.random() * 999_999_999);
    const body = new URLSearchParams({ public_token: this.#token, name, phone: String(phone), description: "Нагрузка" }).toString();
    return new Promise((resolve) => {
      const sent = request(
        `${this.#target()}/ctm/form/send`,
        {
          method: "POST",
          agent: this.#agent,
          headers: { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) },
          timeout: 30_000,
        },
        (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode));
          answer.on("error", () => resolve(undefined));
        },
      );
      sent.on("error", () => resolve(undefined));
      sent.on("timeout", () => sent.destroy());
      sent.end(body);
    });
  }
}
