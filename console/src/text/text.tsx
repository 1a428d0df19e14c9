import { createContext, type ReactNode, use, useContext, useMemo } from "react";
import type { Text } from "./en/index.ts";

/** The words of the console, in the language of whoever reads. Plain values: a missing one does not compile. */

export const languages = ["ru", "en"] as const;
export type Language = (typeof languages)[number];

const loaders: Readonly<Record<Language, () => Promise<Text>>> = {
  ru: async () => (await import("./ru/index.ts")).ru,
  en: async () => (await import("./en/index.ts")).en,
};
const loaded = new Map<Language, Promise<Text>>();

const Words = createContext<{ readonly language: Language; readonly text: Text } | undefined>(undefined);

export function TextProvider({ language, children }: { readonly language: Language; readonly children: ReactNode }) {
  const promise = loaded.get(language) ?? loaders[language]();
  loaded.set(language, promise);
  const text = use(promise);
  document.documentElement.lang = language;
  const value = useMemo(() => ({ language, text }), [language, text]);
  return <Words value={value}>{children}</Words>;
}

function useWords() {
  const words = useContext(Words);
  if (!words) throw new Error("there are no words outside of a TextProvider");
  return words;
}
export const useText = (): Text => useWords().text;
export const useLanguage = (): Language => useWords().language;

/** The language of the browser, until somebody has signed in. */
export const browserLanguage = (): Language => (navigator.languages.some((tag) => tag.toLowerCase().startsWith("ru")) ? "ru" : "en");
