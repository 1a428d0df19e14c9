import { type FieldProblem, fieldProblem } from "../protocol.ts";

/** Checks what a caller sent, and says of each thing that is wrong where it is. A value that is wrong is undefined. */
export type Shape<T> = (value: unknown, path: string, problems: FieldProblem[]) => T | undefined;

const wrongType = (path: string, type: string): FieldProblem => fieldProblem("InvalidType", path, `This value should be of type ${type}.`);

/** A shape for values that are `T`, and say so by `is`. */
const plain =
  <T>(type: string, is: (value: unknown) => value is T): Shape<T> =>
  (value, path, problems) => {
    if (value === null) problems.push(fieldProblem("NotNullable", path));
    else if (is(value)) return value;
    else problems.push(wrongType(path, type));
    return undefined;
  };

const anyInt = plain("int", (value): value is number => Number.isSafeInteger(value));
const anyText = plain("string", (value): value is string => typeof value === "string");

export const flag: Shape<boolean> = plain("bool", (value): value is boolean => typeof value === "boolean");
export const anything: Shape<unknown> = (value) => value;
export const number: Shape<number> = plain("float", (value): value is number => typeof value === "number" && Number.isFinite(value));

/** A number without a fraction, from `least` on. */
export const int =
  (least = 0, most = Number.MAX_SAFE_INTEGER): Shape<number> =>
  (value, path, problems) => {
    const read = anyInt(value, path, problems);
    if (read === undefined) return undefined;
    if (read < least) problems.push(fieldProblem("TooSmall", path, `This value should be ${least} or more.`));
    else if (read > most) problems.push(fieldProblem("TooBig", path, `This value should be ${most} or less.`));
    else return read;
    return undefined;
  };

/** Unix seconds, until the year 9999. */
export const moment = int(0, 253_402_300_799);

export const text =
  (most = 255, least = 0): Shape<string> =>
  (value, path, problems) => {
    const read = anyText(value, path, problems);
    if (read === undefined) return undefined;
    if (read.length < least) problems.push(fieldProblem("TooShort", path, "This value should not be blank."));
    else if (read.length > most)
      problems.push(fieldProblem("TooLong", path, `This value is too long. It should have ${most} characters or less.`));
    // A character that PostgreSQL cannot keep.
    else if (read.includes("\0")) problems.push(fieldProblem("InvalidFormat", path));
    else return read;
    return undefined;
  };

/** One of a few. */
export const choice =
  <const T extends string | number>(options: readonly T[]): Shape<T> =>
  (value, path, problems) => {
    if (value === null) problems.push(fieldProblem("NotNullable", path));
    else if (options.includes(value as T)) return value as T;
    else problems.push(fieldProblem("NotSupportedChoice", path));
    return undefined;
  };

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path, problems) =>
    value === null ? null : shape(value, path, problems);

export const either =
  <A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> =>
  (value, path, problems) => {
    const [first, second]: FieldProblem[][] = [[], []];
    const read = one(value, path, first ?? []) ?? other(value, path, second ?? []);
    if (read === undefined) problems.push(...(second ?? []));
    return read;
  };

export const list =
  <T>(shape: Shape<T>, most = 250, least = 0): Shape<T[]> =>
  (value, path, problems) => {
    if (value === null) {
      problems.push(fieldProblem("NotNullable", path));
      return undefined;
    }
    if (!Array.isArray(value)) {
      problems.push(wrongType(path, "array"));
      return undefined;
    }
    if (value.length > most) {
      problems.push(fieldProblem("TooManyItems", path, `This collection should contain ${most} elements or less.`));
      return undefined;
    }
    if (value.length < least) {
      problems.push(fieldProblem("TooFewItems", path, `This collection should contain ${least} elements or more.`));
      return undefined;
    }
    const before = problems.length;
    const read = value.map((item, index) => shape(item, path === "" ? String(index) : `${path}.${index}`, problems));
    return problems.length === before ? (read as T[]) : undefined;
  };

interface Required<T> {
  readonly required: Shape<T>;
}
/** A member that must be there. */
export const required = <T>(shape: Shape<T>): Required<T> => ({ required: shape });

type Members = Readonly<Record<string, Shape<unknown> | Required<unknown>>>;
/** What an object of these members is read as: members that were not sent are absent. */
export type Read<M extends Members> = {
  readonly [K in keyof M as M[K] extends Required<unknown> ? K : never]: M[K] extends Required<infer T> ? T : never;
} & {
  readonly [K in keyof M as M[K] extends Required<unknown> ? never : K]?: M[K] extends Shape<infer T> ? T : never;
};
export type ReadBy<S> = S extends Shape<infer T> ? T : never;

/** With `isOpen`, others may be sent along, and are passed over. */
export const object =
  <const M extends Members>(members: M, isOpen = false): Shape<Read<M>> =>
  (value, path, problems) => {
    if (value === null) {
      problems.push(fieldProblem("NotNullable", path));
      return undefined;
    }
    if (typeof value !== "object" || Array.isArray(value)) {
      problems.push(wrongType(path, "object"));
      return undefined;
    }
    const before = problems.length;
    const sent = value as Record<string, unknown>;
    const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
    for (const name of Object.keys(sent))
      if (!isOpen && !Object.hasOwn(members, name) && !ignored.has(name)) problems.push(fieldProblem("FieldNotExpected", at(name)));
    const read: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(members)) {
      const isRequired = typeof member === "object";
      const shape = isRequired ? member.required : member;
      if (Object.hasOwn(sent, name) && sent[name] !== undefined) {
        const part = shape(sent[name], at(name), problems);
        if (part !== undefined) read[name] = part;
      } else if (isRequired) problems.push(fieldProblem("FieldMissing", at(name)));
    }
    return problems.length === before ? (read as Read<M>) : undefined;
  };

/** Clients that send back what they have read send these along. */
const ignored: ReadonlySet<string> = new Set(["_links"]);
