/** What the CRM says to a caller of its functions. The port turns them into `Refused`, the API into an answer of 404, 422 or 403. */

/** There is no such record, or the caller may not know of it. */
export class NotFound extends Error {
  override readonly name = "NotFound";
  constructor(kind: string, id: number | string) {
    super(`there is no ${kind} ${id}`);
  }
}

/** The request names something that cannot be: what to mend, by the name of the field as the sender wrote it. */
export class Invalid extends Error {
  override readonly name = "Invalid";
  readonly fields: Readonly<Record<string, readonly string[]>>;
  constructor(fields: Readonly<Record<string, readonly string[]>>) {
    super(
      Object.entries(fields)
        .map(([name, problems]) => `${name}: ${problems.join(", ")}`)
        .join("; "),
    );
    this.fields = fields;
  }
}

/** Somebody has changed the record since the caller read it. */
export class Stale extends Error {
  override readonly name = "Stale";
  constructor() {
    super("the record has been changed since you read it");
  }
}

/** The caller may see it, and may not do this to it. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
}
