import type { Readable } from "node:stream";

/** An answer that is a file, sent while it is made. */
export class Download {
  readonly stream: Readable;
  readonly name: string;
  constructor(stream: Readable, name: string) {
    this.stream = stream;
    this.name = name;
  }
}
