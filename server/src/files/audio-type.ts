/** What kind of sound file this is, by its first bytes; never by what the sender calls it. */
export function audioType(head: Buffer): string | undefined {
  const text = head.toString("latin1", 0, 12);
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WAVE") return "audio/wav";
  if (text.startsWith("ID3")) return "audio/mpeg";
  if (text.startsWith("OggS")) return "audio/ogg";
  if (text.startsWith("fLaC")) return "audio/flac";
  if (text.slice(4, 8) === "ftyp") return "audio/mp4";
  if (text.startsWith("\x1aE\xdf\xa3")) return "audio/webm";
  if (text.startsWith("#!AMR")) return "audio/amr";
  // Frames of MPEG audio without a tag before them: eleven ones, and a layer that exists.
  const [first = 0, second = 0] = head;
  return first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 ? "audio/mpeg" : undefined;
}
