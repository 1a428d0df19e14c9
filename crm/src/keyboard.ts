/** The letters of the two keyboard layouts, key by key. */
const latin = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const cyrillic = "ёйцукенгшщзхъфывапролджэячсмитьбю";

const keys = new Map<string, string>();
for (const [index, letter] of [...latin].entries()) {
  const other = cyrillic[index] ?? "";
  keys.set(letter, other);
  // On the Cyrillic layout these keys give letters, so only letters are turned back.
  keys.set(other, letter);
}

/** What was typed, as it would have come out with the other layout: `bdfyjd` is `иванов`. Undefined when nothing would differ. */
export function otherLayout(typed: string): string | undefined {
  const small = typed.toLowerCase();
  const turned = [...small].map((letter) => keys.get(letter) ?? letter).join("");
  return turned === small ? undefined : turned;
}
