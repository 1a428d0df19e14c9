import type { Label } from "./words.ts";

/**
 * The settings of a connection, declared once by its vendor: the declaration gives the TypeScript type,
 * the stored shape, the checks and the console's form.
 */
export type Setting = TextSetting | NumberSetting | FlagSetting | ChoiceSetting | ListSetting | SecretSetting;
export type Settings = Readonly<Record<string, Setting>>;

interface Described {
  readonly label: Label;
  readonly hint?: Label;
  /** The heading a form puts it under; those without one come first. */
  readonly group?: Label;
  /** Most people need not see it. */
  readonly advanced?: true;
  /** What a value looks like. */
  readonly placeholder?: string;
  /** It only means something while another setting has one of these values. */
  readonly when?: { readonly setting: string; readonly is: readonly (string | boolean)[] };
  /** The value is the id of something of ours (a list: ids), which a form lets people choose. */
  readonly picks?: "pipeline" | "stage" | "user" | "connection";
}
export interface TextSetting extends Described {
  readonly type: "text";
  readonly default?: string;
  /** Where it means something: see `when`. */
  readonly required?: true;
  readonly pattern?: RegExp;
  /** A small picture, as a data URL: a form lets people choose a file. */
  readonly picture?: true;
}
export interface NumberSetting extends Described {
  readonly type: "number";
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
}
export interface FlagSetting extends Described {
  readonly type: "flag";
  readonly default: boolean;
}
export interface ChoiceSetting extends Described {
  readonly type: "choice";
  readonly options: Readonly<Record<string, Label>>;
  readonly default: string;
}
export interface ListSetting extends Described {
  readonly type: "list";
  /** What may be in it; anything, without. */
  readonly options?: Readonly<Record<string, Label>>;
  readonly default: readonly string[];
}
/** Encrypted at rest, absent from logs and journal, shown once when made. */
export interface SecretSetting extends Described {
  readonly type: "secret";
  readonly required?: true;
  /** The hub makes it when the connection is added. */
  readonly generated?: true;
  /** Names the connection at the door: two values may be valid while it is being rotated. */
  readonly door?: true;
  /** We sign with it and nobody ever sends it to us. */
  readonly kept?: true;
  /** How it is made: `whsec_` and 32 bytes in base64, as Standard Webhooks writes it; or a UUID. Otherwise letters and digits. */
  readonly shape?: "whsec" | "uuid";
  /** After a rotation the one before goes on being used for a while, beside the new one. */
  readonly overlaps?: true;
  /** It stands in the code of public pages: not worth hiding from a person who may see the connection. */
  readonly public?: true;
}

type ValueOf<S extends Setting> = S extends NumberSetting
  ? S extends { default: number }
    ? number
    : number | undefined
  : S extends FlagSetting
    ? boolean
    : S extends ChoiceSetting
      ? keyof S["options"] & string
      : S extends ListSetting
        ? readonly string[]
        : S extends TextSetting
          ? S extends { default: string }
            ? string
            : S extends { required: true; when: object }
              ? string | undefined
              : S extends { required: true }
                ? string
                : string | undefined
          : never;

type PlainNames<S extends Settings> = { [K in keyof S]: S[K] extends SecretSetting ? never : K }[keyof S];
type SecretNames<S extends Settings> = { [K in keyof S]: S[K] extends SecretSetting ? K : never }[keyof S];

export type SettingValues<S extends Settings> = { readonly [K in PlainNames<S>]: ValueOf<S[K]> };
export type SecretValues<S extends Settings> = {
  readonly [K in SecretNames<S>]: S[K] extends { generated: true } | { required: true } ? string : string | undefined;
};

export type SettingErrors = Record<string, string>;

/** Checks raw values (from JSON or from `key=value` text) against a declaration. Unknown names and secrets are errors here. */
export function readSettings(
  settings: Settings,
  raw: Readonly<Record<string, unknown>>,
): { values: Record<string, unknown>; errors: SettingErrors } {
  const errors: SettingErrors = {};
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(raw)) {
    if (settings[name] === undefined) errors[name] = `no such setting; there are: ${Object.keys(settings).join(", ") || "none"}`;
  }
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.type === "secret") continue;
    const given = raw[name];
    if (given === undefined || given === null || (given === "" && setting.type !== "text")) {
      if (setting.type === "text" && setting.required && isMeant(settings, setting, raw)) errors[name] = "is required";
      else if ("default" in setting && setting.default !== undefined) values[name] = setting.default;
      continue;
    }
    const read = readSetting(setting, given);
    if ("error" in read) errors[name] = read.error;
    else values[name] = read.value;
  }
  return { values, errors };
}

/** Whether it means something beside what else was given: see `when`. */
export function isMeant(settings: Settings, { when }: Setting, raw: Readonly<Record<string, unknown>>): boolean {
  if (!when) return true;
  const other = settings[when.setting];
  const value = raw[when.setting] ?? (other && "default" in other ? other.default : undefined);
  return when.is.some((one) => String(one) === String(value)) && (!other || isMeant(settings, other, raw));
}

function readSetting(setting: Exclude<Setting, SecretSetting>, given: unknown): { value: unknown } | { error: string } {
  switch (setting.type) {
    case "text": {
      const text = String(given);
      if (setting.required && text === "") return { error: "is required" };
      return setting.pattern && text !== "" && !setting.pattern.test(text)
        ? { error: `must match ${setting.pattern.source}` }
        : { value: text };
    }
    case "number": {
      const number = typeof given === "number" ? given : Number(String(given).trim() || "NaN");
      if (!Number.isFinite(number)) return { error: "must be a number" };
      if (setting.min !== undefined && number < setting.min) return { error: `must be at least ${setting.min}` };
      if (setting.max !== undefined && number > setting.max) return { error: `must be at most ${setting.max}` };
      return { value: number };
    }
    case "flag": {
      const text = String(given).toLowerCase();
      if (["true", "1", "yes", "on"].includes(text)) return { value: true };
      if (["false", "0", "no", "off"].includes(text)) return { value: false };
      return { error: "must be true or false" };
    }
    case "choice": {
      const options = Object.keys(setting.options);
      return options.includes(String(given)) ? { value: String(given) } : { error: `must be one of: ${options.join(", ")}` };
    }
    case "list": {
      const items = (Array.isArray(given) ? given.map(String) : String(given).split(","))
        .map((item) => item.trim())
        .filter((item) => item !== "");
      const { options } = setting;
      const wrong = options && items.find((item) => options[item] === undefined);
      return wrong === undefined ? { value: items } : { error: `"${wrong}" is none of: ${Object.keys(options ?? {}).join(", ")}` };
    }
  }
}
