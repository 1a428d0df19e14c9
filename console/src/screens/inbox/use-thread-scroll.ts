import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message } from "../../data/shapes.ts";
import type { useThread } from "./thread.ts";

/** Less than this from the end is at the end. */
const nearEndPixels = 80;
const nearBeginPixels = 400;
const litMs = 1600;
/** How far back a quoted message is looked for. */
const mostPages = 40;

interface ThreadScroll {
  readonly box: RefObject<HTMLElement | null>;
  readonly inner: RefObject<HTMLDivElement | null>;
  onScroll(): void;
  loadOlder(): Promise<void>;
  /** The end is out of sight. */
  readonly isAway: boolean;
  /** How many messages of the client have come meanwhile. */
  readonly newBelow: number;
  toEnd(): void;
  /** Shows this message, and asks for what is older until it is there. */
  goTo(id: number): void;
  readonly lit: number | undefined;
}

/** Where one looks: at the end, until one scrolls away from it; and at the same words when older ones come in above them. */
export function useThreadScroll(
  thread: ReturnType<typeof useThread>,
  messages: readonly Message[],
  waiting: number,
  onError: (error: unknown) => void,
): ThreadScroll {
  const box = useRef<HTMLElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const loading = useRef<Promise<void>>(undefined);
  const kept = useRef<{ element: Element; top: number } | undefined>(undefined);
  const [isAway, setAway] = useState(false);
  const [seen, setSeen] = useState("");
  const [lit, setLit] = useState<number>();
  const latest = messages.at(-1)?.at ?? "";
  const isThere = thread.data !== undefined;

  const toEnd = (): void => {
    sticks.current = true;
    setAway(false);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };

  /** Whoever asks while it is on its way waits for the same. */
  const loadOlder = (): Promise<void> => {
    loading.current ??= loadOnce().finally(() => {
      loading.current = undefined;
    });
    return loading.current;
  };
  async function loadOnce(): Promise<void> {
    const top = box.current?.getBoundingClientRect().top ?? 0;
    const element = [...(inner.current?.querySelectorAll("[data-message]") ?? [])].find((one) => one.getBoundingClientRect().bottom > top);
    kept.current = element && { element, top: element.getBoundingClientRect().top };
    await thread.loadOlder().catch(onError);
  }

  const onScroll = (): void => {
    const { current } = box;
    if (!current) return;
    const rest = current.scrollHeight - current.clientHeight - current.scrollTop;
    sticks.current = rest < nearEndPixels;
    setAway(!sticks.current);
    if (sticks.current) setSeen(latest);
    if (current.scrollTop < nearBeginPixels && thread.data?.older != null) void loadOlder();
  };

  // At first: where the new ones begin, or at the end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the messages are there
  useLayoutEffect(() => {
    if (!isThere || !box.current) return;
    const line = inner.current?.querySelector("[data-testid=unread-line]");
    if (line) toMiddle(box.current, line);
    else box.current.scrollTop = box.current.scrollHeight;
    setSeen(latest);
    onScroll();
  }, [isThere]);

  // Older ones came in above: what one reads stays where it is.
  const first = messages[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `first` is what says so
  useLayoutEffect(() => {
    if (kept.current && box.current) box.current.scrollTop += kept.current.element.getBoundingClientRect().top - kept.current.top;
    kept.current = undefined;
  }, [first]);

  // What I write myself is shown to me.
  const before = useRef(waiting);
  useLayoutEffect(() => {
    if (waiting > before.current) {
      sticks.current = true;
      if (box.current) box.current.scrollTop = box.current.scrollHeight;
    }
    before.current = waiting;
  }, [waiting]);

  // Pictures and players grow when they come; whoever is at the end stays there.
  useEffect(() => {
    const [frame, content] = [box.current, inner.current];
    if (!isThere || !frame || !content) return;
    const observer = new ResizeObserver(() => {
      if (sticks.current) frame.scrollTop = frame.scrollHeight;
    });
    observer.observe(content);
    observer.observe(frame);
    return () => observer.disconnect();
  }, [isThere]);

  const [wanted, setWanted] = useState<{ readonly id: number; readonly pages: number }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for anew when there is more to look at
  useEffect(() => {
    if (!wanted) return;
    const found = inner.current?.querySelector(`[data-message="${wanted.id}"]`);
    if (found) {
      if (box.current) toMiddle(box.current, found);
      setLit(wanted.id);
      setWanted(undefined);
    } else if (thread.data?.older != null && wanted.pages < mostPages) {
      void loadOlder().then(() => setWanted({ id: wanted.id, pages: wanted.pages + 1 }));
    } else setWanted(undefined);
  }, [wanted]);
  useEffect(() => {
    if (lit === undefined) return;
    const timer = setTimeout(() => setLit(undefined), litMs);
    return () => clearTimeout(timer);
  }, [lit]);

  const goTo = useCallback((id: number) => setWanted({ id, pages: 0 }), []);
  const newBelow = isAway ? messages.filter(({ at, direction }) => at > seen && direction === "in").length : 0;
  return { box, inner, onScroll, loadOlder, isAway, newBelow, toEnd, goTo, lit };
}

/** Nothing around the box is scrolled along. */
function toMiddle(box: HTMLElement, element: Element): void {
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}
