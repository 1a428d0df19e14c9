const rate = 8_000;
const longestSeconds = 30;

/** A real, short sound: one beep per second, 8 kHz, 8 bit, one channel. What the simulated PBX has recorded of a conversation. */
export function beepingWav(seconds: number): Uint8Array {
  const samples = Math.round(Math.min(Math.max(seconds, 1), longestSeconds) * rate);
  const wav = Buffer.alloc(44 + samples, 0x80);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(36 + samples, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(samples, 40);
  for (let sample = 0; sample < samples; sample++) {
    const isBeep = sample % rate < rate / 8;
    if (isBeep) wav[44 + sample] = 128 + Math.round(60 * Math.sin((2 * Math.PI * 440 * sample) / rate));
  }
  return wav;
}
