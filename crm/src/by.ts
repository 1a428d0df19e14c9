/** Who writes, for the history of a record. */
export interface By {
  /** `user:5`, `token:12`, `connection:3`, `operator`. */
  readonly actor: string;
  /** The person, when it is one: kept as author. */
  readonly user?: number;
  /** The connection it came by. */
  readonly via?: number;
  /** The same key, written again, changes nothing and answers with the same record. */
  readonly key?: string;
  /** A manager limited to their own records: everything else is not there for them. */
  readonly own?: number;
}

/** Who reads. */
export type Reader = Pick<By, "own">;
