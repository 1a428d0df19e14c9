import { type RefObject, useEffect } from "react";

const typing = "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]";

/** `j`, `k` and the arrows go from line to line, Enter opens one (it is a link), `/` goes to the search. Not while somebody types. */
export function useListKeys(list: RefObject<HTMLElement | null>, find: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement | null;
      const isInList = list.current?.contains(target) === true;
      // From the search straight into what it found.
      if (target === find.current && event.key === "ArrowDown") {
        step(list.current, 1, event);
        return;
      }
      if (target?.closest(typing)) return;
      if (event.key === "/" || (event.code === "Slash" && !event.shiftKey)) {
        // Before the palette, which the same key opens elsewhere.
        event.preventDefault();
        event.stopImmediatePropagation();
        find.current?.focus();
      } else if (event.code === "KeyJ" || (isInList && event.key === "ArrowDown")) step(list.current, 1, event);
      else if (event.code === "KeyK" || (isInList && event.key === "ArrowUp")) step(list.current, -1, event);
    };
    window.addEventListener("keydown", hear, true);
    return () => window.removeEventListener("keydown", hear, true);
  }, [list, find]);
}

function step(list: HTMLElement | null, by: 1 | -1, event: KeyboardEvent): void {
  const lines = [...(list?.querySelectorAll<HTMLElement>("[data-conversation]") ?? [])];
  if (lines.length === 0) return;
  event.preventDefault();
  const focused = lines.indexOf(document.activeElement as HTMLElement);
  const opened = lines.findIndex((line) => line.hasAttribute("data-opened"));
  const from = focused >= 0 ? focused : opened;
  const next = from < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, from + by));
  lines[next]?.focus();
}
