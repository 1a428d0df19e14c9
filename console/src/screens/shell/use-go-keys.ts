import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Place } from "./navigation.ts";

const patienceMs = 1200;

/** `g` and then a letter goes to a screen; `n` makes a deal, `?` tells of all keys. Not while somebody types. */
export function useGoKeys(places: readonly Place[], { onNew, onHelp }: { readonly onNew: () => void; readonly onHelp: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    let pressed = 0;
    const hear = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")
      )
        return;
      // By the place of the key, so that it works in a Russian layout, too.
      const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
      if (Date.now() - pressed < patienceMs) {
        pressed = 0;
        const place = places.find(({ key }) => key === letter);
        if (!place) return;
        event.preventDefault();
        void navigate({ to: place.to });
      } else if (letter === "g") pressed = Date.now();
      else if (letter === "n") {
        event.preventDefault();
        onNew();
      } else if (event.key === "?" || (event.shiftKey && event.code === "Slash")) onHelp();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [places, navigate, onNew, onHelp]);
}
