import { Refused, Unavailable } from "@svyazka/core";
import { audioType } from "./audio-type.ts";

/** What files may be, and what it means when there is none. */
export interface FileKind {
  readonly largestBytes: number;
  /** What it is by its first bytes, never by what the sender calls it. Throws when it is nothing that is meant. */
  typeOf(head: Buffer, bytes: number): Promise<string>;
  notThere(status: number): Refused | Unavailable;
}

/** A sound. */
export const recordings: FileKind = {
  // An hour of WAV from a PBX is 55 MB.
  largestBytes: 209_715_200,
  async typeOf(head) {
    const type = audioType(head);
    if (type === undefined) throw new Unavailable("there is no recording yet: what came is not a sound file");
    return type;
  },
  // Whatever the far side says is a matter of time here: it must not park the CRM that the call is for.
  notThere: (status) => new Unavailable(`there is no recording yet: the answer was ${status}`),
};

/** Whatever people send each other. */
export const attachments = (largestBytes: number): FileKind => ({
  largestBytes,
  async typeOf(head, bytes) {
    if (bytes === 0) throw new Refused("the file is empty");
    // Loaded when the first file comes: many hubs never get one.
    const { fileTypeFromBuffer } = await import("file-type");
    return (await fileTypeFromBuffer(head))?.mime ?? (isText(head) ? "text/plain" : "application/octet-stream");
  },
  notThere: (status) =>
    status >= 500 || status === 429 || status === 408
      ? new Unavailable(`the file cannot be fetched: the answer was ${status}`)
      : new Refused(`the file is not there any more: the answer was ${status}`),
});

const isText = (head: Buffer): boolean => {
  if (head.includes(0)) return false;
  try {
    // The last letter may be cut in two.
    new TextDecoder("utf8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
};

/** What a browser may open beside our own pages: it shows itself, and can do nothing. */
const shown = /^(image\/(jpeg|png|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;
export const isShown = (type: string): boolean => shown.test(type);

const riskyTypes =
  /executable|x-msdownload|x-msi|x-elf|x-mach|java-archive|vnd\.android|x-sh\b|x-apple-diskimage|vnd\.ms-(word|excel|powerpoint)\.[\w.]*macro/i;
const riskyNames =
  /\.(exe|msi|msp|scr|com|pif|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|wsh|hta|cpl|jar|apk|app|dmg|lnk|reg|iso|img|sh|docm|xlsm|pptm|html?|svg|xhtml)$/i;

/** A program, or something that may hold one: whoever opens it should think first. */
export const isRisky = (type: string | undefined, name: string | undefined): boolean =>
  riskyTypes.test(type ?? "") || riskyNames.test(name?.trim() ?? "");
