/** What a field should not hold. */
export const nasty: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e21,
    Number.MAX_SAFE_INTEGER + 2,
    8_640_000_000_001,
    "",
    " ",
    "0",
    "NaN",
    "__proto__",
  ],
  ...["constructor", "\ud800", "a\0b", "🎄", "x".repeat(100_000), "/start \ud800", "9".repeat(400)],
  ...[[], {}, [[]], [null], [{}], { id: 1 }, { file_id: {} }, { body: {} }],
  ...[
    { __proto__: null },
    { toString: 1 },
    { length: -1 },
    [1, "2", { file_id: "a", width: "b" }],
    [1, "2", { code: "a", id: {} }],
    Array.from({ length: 1_000 }, () => ({})),
  ],
];

/** Of a body: with each of its fields, however deep, missing and holding each nasty value in turn. */
export function* spoiled(whole: unknown): Generator<unknown> {
  for (const path of pathsOf(whole)) for (const value of nasty) yield replaced(whole, path, value);
}

function pathsOf(value: unknown, before: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[...before]];
  const inside = Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...before, Array.isArray(value) ? Number(name) : name]));
  return [[...before], ...inside];
}

function replaced(whole: unknown, [name, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (name === undefined) return value;
  const copy = Array.isArray(whole) ? [...whole] : { ...(whole as object) };
  (copy as Record<string | number, unknown>)[name] = replaced((whole as Record<string | number, unknown>)[name], rest, value);
  return copy;
}
