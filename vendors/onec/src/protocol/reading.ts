import { readNumber } from "./numbers.ts";
import { cleanText, cutText, longestId, readCrmId, readId, readId1c, readOpaqueId } from "./text.ts";

/** What an integrator has to mend: the name of the field as it was sent (empty for the whole body), and words in Russian. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}
export type Read<T> =
  | { readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes the fields of one object, and gathers what is wrong with them. What was not taken is in `rest`. */
export interface Fields {
  /** Names the problem, and goes on. */
  wrong(field: string, message: string): void;
  warn(field: string, message: string): void;
  /** As it was sent; undefined when it was not. Counts as taken. */
  raw(name: string): unknown;
  text(name: string): string | undefined;
  /** Empty or missing is a problem. */
  must: {
    text(name: string): string;
    id(name: string): string;
    opaqueId(name: string): string;
    crmId(name: string): string;
  };
  crmId(name: string): string | undefined;
  id1c(name: string): string | undefined;
  /** Unreadable is a warning: a sum is not worth a lost order. */
  number(name: string): string | undefined;
  /** Names not taken so far. */
  names(): string[];
  rest(): Json;
  /** The value when nothing was wrong. */
  done<T>(value: T): Read<T>;
}

/** Reads `json`, of which nothing is known. `prefix` stands before the names of fields in problems. */
export function readFields(json: unknown, prefix = ""): Fields {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const sent = isObject(json) ? json : {};
  const taken = new Set<string>();
  const wrong = (field: string, message: string): void => void problems.push({ field: prefix + field, message });
  const warn = (field: string, message: string): void => void warnings.push({ field: prefix + field, message });
  if (!isObject(json)) wrong("", "Ожидается объект JSON с полями");

  const raw = (name: string): unknown => {
    taken.add(name);
    return Object.hasOwn(sent, name) ? sent[name] : undefined;
  };
  /** A text or a number; anything else is named. */
  const plain = (name: string): string | number | undefined => {
    const value = raw(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) return value;
    wrong(name, `Ожидается текст или число, а пришёл ${nameOf(value)}`);
    return undefined;
  };
  const optional = (name: string, read: (value: unknown) => string | undefined): string | undefined => {
    const value = plain(name);
    const found = read(value);
    if (value !== undefined && found === undefined) explain(name, value);
    return found;
  };
  /** Why something that was sent is no id: an empty text is none, and so is 0. */
  const explain = (name: string, value: string | number): void => {
    if (typeof value === "number" && !Number.isInteger(value)) wrong(name, "Ожидается целое число или текст");
    else if (typeof value === "number" && !Number.isSafeInteger(value)) wrong(name, "Число слишком длинное: передайте его текстом");
    else if (typeof value === "string" && cleanText(value).length > longestId) wrong(name, `Длиннее ${longestId} знаков`);
  };
  const must = (name: string, found: string | undefined): string => {
    if (found === undefined && !problems.some(({ field }) => field === prefix + name)) wrong(name, "Обязательное поле не заполнено");
    return found ?? "";
  };
  const text = (name: string): string | undefined => {
    const value = plain(name);
    const clean = cleanText(String(value ?? ""));
    return clean === "" ? undefined : clean;
  };
  return {
    ...{ wrong, warn, raw, text },
    must: {
      text: (name) => must(name, text(name)),
      id: (name) => must(name, optional(name, readId)),
      opaqueId: (name) => must(name, optional(name, readOpaqueId)),
      crmId: (name) => must(name, optional(name, readCrmId)),
    },
    crmId: (name) => optional(name, readCrmId),
    id1c: (name) => optional(name, readId1c),
    number(name) {
      const value = raw(name);
      if (typeof value === "object" && value !== null) wrong(name, `Ожидается число, а пришёл ${nameOf(value)}`);
      else if (typeof value === "boolean") wrong(name, `Ожидается число, а пришёл ${nameOf(value)}`);
      else {
        const { value: number, warning } = readNumber(value);
        if (warning !== undefined) warn(name, warning);
        return number;
      }
      return undefined;
    },
    names: () => Object.keys(sent).filter((name) => !taken.has(name)),
    rest: () => Object.fromEntries(Object.entries(sent).filter(([name]) => !taken.has(name))),
    done: (value) => (problems.length > 0 ? { problems, warnings } : { value, warnings }),
  };
}

const nameOf = (value: unknown): string =>
  Array.isArray(value)
    ? "массив"
    : isObject(value)
      ? "объект"
      : typeof value === "boolean"
        ? "признак «да/нет»"
        : cutText(String(value), 60);

/** With what was optional and is not there left out, so that "not sent" and "sent" stay apart. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Present<T>;
}
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
