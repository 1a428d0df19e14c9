import { useEffect, useState } from "react";

/** Fetched when the page has come to rest, or when somebody wants it sooner. */
const restMs = 2500;

export function usePalette(): { readonly wanted: boolean; readonly openAtOnce: number; open(): void } {
  const [wanted, setWanted] = useState(false);
  const [openAtOnce, setOpenAtOnce] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(true), restMs);
    // Once it is there, it listens to its keys itself.
    const hear = (event: KeyboardEvent): void => {
      if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setWanted(true);
      setOpenAtOnce((times) => Math.max(times, 1));
    };
    if (!wanted) window.addEventListener("keydown", hear);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", hear);
    };
  }, [wanted]);
  return {
    wanted,
    openAtOnce,
    open() {
      setWanted(true);
      setOpenAtOnce((times) => times + 1);
    },
  };
}
