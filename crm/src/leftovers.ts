import type { Workspace } from "@svyazka/core";
import type { ReadFields } from "./field-values.ts";

const words = {
  ru: { title: "Не поместилось в поля:" },
  en: { title: "What no field could hold:" },
} as const;

/** What a program sent and no field could hold, as a note for people: nothing is dropped. Undefined when everything found its place. */
export function leftoverNote(
  { unknown, unfit }: Pick<ReadFields, "unknown" | "unfit">,
  given: Readonly<Record<string, string>> | undefined,
  language: Workspace["language"],
  more: readonly string[] = [],
): string | undefined {
  const lines = [
    ...unfit.map(({ field, given }) => `${field.name} (${field.code}): ${String(given)}`),
    ...unknown.map((code) => `${code}: ${given?.[code] ?? ""}`),
    ...more,
  ];
  return lines.length > 0 ? [words[language].title, ...lines].join("\n") : undefined;
}
