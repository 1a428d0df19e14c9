import type { Sql } from "@svyazka/crm";

/** The first statistics after so many new facts or answers, then each time there are four times as many. */
const first = 50;
const factor = 4;
/** From here on, autovacuum keeps up by itself. */
const grown = 1_000_000;

/**
 * Asks for fresh statistics while the tables are young: a day of work may come in a minute, before autovacuum looks for the first time,
 * and until then every statement would keep the plan that suits empty tables.
 */
export class YoungTables {
  readonly #sql: Sql;
  readonly #onError: (error: unknown) => void;
  #lines = 0;
  #next = first;

  constructor(sql: Sql, onError: (error: unknown) => void) {
    this.#sql = sql;
    this.#onError = onError;
  }

  grew(lines: number): void {
    this.#lines += lines;
    if (this.#lines < this.#next || this.#next > grown) return;
    this.#next *= factor;
    this.#sql.query({ text: "select hub.refresh_statistics()" }).catch(this.#onError);
  }
}
