import { type Call, type Params, Refusal } from "./call.ts";

/** Names of parameters are the same in any case: the documents write `filter` and `FILTER`. */
export function paramOf({ params }: Pick<Call, "params">, name: string): unknown {
  if (name in params) return params[name];
  const wanted = name.toLowerCase();
  return Object.entries(params).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

export const isMap = (value: unknown): value is Params => typeof value === "object" && value !== null;

export const mapOf = (value: unknown): Params => (isMap(value) ? value : {});

/** A list of JSON, of `a[]=1`, or a lone value. */
export const listOf = (value: unknown): unknown[] =>
  value === undefined || value === null || value === "" ? [] : isMap(value) ? Object.values(value) : [value];

export const textOf = (value: unknown): string =>
  value === undefined || value === null || isMap(value) ? "" : value === true ? "1" : value === false ? "" : String(value);

export const numberOf = (value: unknown): number | undefined => {
  const text = textOf(value).trim();
  return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
};

/** What counts as yes in a parameter: Y, 1, true. */
export const isYes = (value: unknown): boolean => value === true || /^(y|1|true)$/i.test(textOf(value));

export const textParam = (call: Call, name: string): string => textOf(paramOf(call, name));
export const numberParam = (call: Call, name: string): number | undefined => numberOf(paramOf(call, name));

/** Throws `Refusal` for what is missing. */
export function mustText(call: Call, name: string, refusal = missing(name)): string {
  const text = textParam(call, name);
  if (text === "") throw refusal;
  return text;
}

export const missing = (name: string): Refusal => new Refusal(400, "ERROR_ARGUMENT", `Argument '${name}' is null or empty`);
