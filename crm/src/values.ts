/** Collects the values of a statement that is put together from parts: `add` answers the place of a value, `$3`. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value === undefined ? null : value);
    return `$${this.list.length}`;
  }

  /** As `add`, for a JSON value. */
  json(value: unknown): string {
    return `${this.add(value === null || value === undefined ? null : JSON.stringify(value))}::jsonb`;
  }
}

/**
 * Puts a statement together from the parts that one write needs: what is not given is not looked for. Half of its time goes into parts that
 * find nothing to do. Every choice adds its letter to the name, so that one name stands for one text.
 */
export class Composition {
  readonly values = new Values();
  readonly #parts: string[] = [];
  #letters = "";

  /** A part that is in every text of this statement; `letters` tell its texts apart where it has several. */
  always(part: string, letters = ""): void {
    this.#letters += letters;
    this.#parts.push(part);
  }

  /** A part that is there only when `given`. */
  when(given: boolean, letter: string, part: () => string): void {
    if (!given) return;
    this.#letters += letter;
    this.#parts.push(part());
  }

  /** `answer` is the final select. */
  statement(name: string, answer: string): { name: string; text: string; values: unknown[] } {
    return { name: `${name}-${this.#letters}`, text: `with ${this.#parts.join(", ")} ${answer}`, values: this.values.list };
  }
}
