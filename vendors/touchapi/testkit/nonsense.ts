/** The same nonsense for the same seed: what somebody might send in place of JSON that we know. */
export function nonsenseOf(seed: number) {
  let state = seed >>> 0 || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  const odd: readonly unknown[] = [
    ...[null, true, false, 0, -1, 5, 2.2, 1e308, -0.5, 2 ** 53 + 2, Number.NaN, Number.POSITIVE_INFINITY, 1739979536000000],
    ...[
      "",
      " ",
      "\0",
      "\ud800",
      "0",
      "-5",
      "1e99",
      "null",
      "[object Object]",
      "https://x.example/1",
      "javascript:alert(1)",
      "file:///etc/passwd",
    ],
    ...["79000000001", "79000000001@c.us", "a".repeat(5_000), "😀".repeat(300), "__proto__", "constructor", "BEGIN:VCARD", "geo:999,999"],
    ...["message", "message_status", "add_message_reaction", "whatsapp", "delivered", "errored", "image", "text", "deleted", "bitrix24"],
    ...[
      [],
      {},
      [[]],
      [{}],
      [null],
      { toString: 1 },
      { message: { message: {} } },
      { type: {} },
      { value: [] },
      undefined,
      10n,
      Symbol("x"),
      () => 1,
    ],
  ];
  const value = (depth: number): unknown => {
    const what = next(10);
    if (depth <= 0 || what < 6) return pick(odd);
    if (what < 8) return Array.from({ length: next(4) }, () => value(depth - 1));
    return Object.fromEntries(
      Array.from({ length: next(5) }, () => [
        String(pick(["type", "src", "message", "id", "item", "value", "__proto__"])),
        value(depth - 1),
      ]),
    );
  };
  /** An object with these names, most of them filled with something odd, and some as they should be. */
  const objectOf = (good: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(good).flatMap(([name, right]) => {
        const what = next(4);
        return what === 0 ? [] : [[name, what === 1 ? value(4) : right]];
      }),
    );
  return { next, pick, value, objectOf };
}

/** So deep that whoever follows it by calling itself falls over. */
export function deep(levels: number): unknown {
  let at: unknown = "bottom";
  for (let level = 0; level < levels; level++) at = level % 2 === 0 ? [at] : { [["content", "error", "data"][level % 3] ?? ""]: at };
  return at;
}
