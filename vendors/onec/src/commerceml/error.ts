/** A file of the exchange cannot be read; the message is in Russian, for the person who looks at 1C's own exchange report. */
export class ExchangeFileError extends Error {
  override readonly name = "ExchangeFileError";
  /** Of the XML file, counted from 1; undefined where a line means nothing (archives, bytes that are no text). */
  readonly line: number | undefined;
  /** The file ends too early: more of it may be still to come. */
  readonly truncated: boolean;

  constructor(why: string, line?: number, truncated = false) {
    super(line === undefined ? why : `строка ${line}: ${why}`);
    this.line = line;
    this.truncated = truncated;
  }
}
