import { useCallback, useRef } from "react";
import { send } from "../../data/client.ts";

const everyMs = 4000;

/** Others see that one is writing. It is told now and then; whether it arrives matters to nobody. */
export function useTellTyping(conversation: number): () => void {
  const told = useRef(0);
  return useCallback(() => {
    if (Date.now() - told.current < everyMs) return;
    told.current = Date.now();
    send("tellTyping", { path: { id: conversation } }).catch(() => {});
  }, [conversation]);
}
