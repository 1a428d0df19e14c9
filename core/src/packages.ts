/** Software that the other side fetches from us by itself, in numbered versions. */
export interface Packages {
  /** The newest first. */
  list(): Promise<readonly Package[]>;
  /** Who has which. */
  installed(): Promise<readonly Installed[]>;
  /** An old one becomes the newest: the same content under a new number. Answers that number. Throws `NotFound`. */
  publish(version: number): Promise<number>;
  /** This one over there gets this version and no other; undefined for the newest again. Throws `NotFound`. */
  pin(where: string, version: number | undefined): Promise<void>;
}

export interface Package {
  readonly version: number;
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly at: string;
  /** Who sent it, as far as it is known. */
  readonly author: string;
  readonly note?: string;
}

export interface Installed {
  readonly where: string;
  readonly name: string;
  /** As the other side says it; undefined when it has never said. */
  readonly version?: string;
  readonly pinned?: number;
  /** The one that it should have. */
  readonly due?: number;
  readonly isCurrent: boolean;
}
