/** What a connection cannot settle by itself: a person is asked, and nothing waits for the answer but what it is about. */
export interface Decisions {
  /** The oldest first. */
  list(): Promise<readonly Decision[]>;
  /** Throws `NotFound` when it has been decided already, `Invalid` for a choice that is none of its own. */
  decide(id: string, choice: string): Promise<void>;
}

export interface Decision {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** In the language of the company. */
  readonly title: string;
  readonly text: string;
  readonly choices: readonly { readonly id: string; readonly title: string }[];
}
