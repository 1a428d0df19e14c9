/** Scrolls `element` while a card is held near its edge. Fetched when somebody points at it: nobody drags sooner. */
export function scrollWhileDragging(element: HTMLElement): () => void {
  let stop = (): void => {};
  const start = async (): Promise<void> => {
    const { autoScrollForElements } = await import("@atlaskit/pragmatic-drag-and-drop-auto-scroll/element");
    if (!stopped.aborted) stop = autoScrollForElements({ element });
  };
  const stopping = new AbortController();
  const stopped = stopping.signal;
  element.addEventListener("pointerover", () => void start(), { once: true, signal: stopped });
  return () => {
    stopping.abort();
    stop();
  };
}
