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
