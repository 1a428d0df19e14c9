import { useInterval } from "@mantine/hooks";
import { useState } from "react";
import type { Channel, Conversation } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";

const lookMs = 15_000;
/** Sooner than this before its end, one is told how long it is open. */
const soonSeconds = 4 * 3600;

/** What stands in the way of writing at this moment, in words; and whether it does so altogether. */
export function useWindow(
  { window_closes_at, last_message_at }: Conversation,
  channel: Channel | undefined,
  isChannelKnown: boolean,
): { readonly note?: string; readonly isClosed: boolean; readonly onlyTemplates: boolean } {
  const words = useInboxText().composer;
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), lookMs, { autoInvoke: true });
  if (isChannelKnown && !channel) return { note: words.noChannel, isClosed: true, onlyTemplates: false };
  const left = window_closes_at === null ? Number.POSITIVE_INFINITY : (Date.parse(window_closes_at) - now) / 1000;
  if (left <= 0) {
    const hasWritten = last_message_at !== null && Date.parse(window_closes_at ?? "") > 0;
    const note = hasWritten ? words.windowClosed(channel?.window_hours ?? 24) : words.neverWrote;
    return {
      note: channel?.has_templates ? note : `${note} ${words.noTemplates}`,
      isClosed: true,
      onlyTemplates: channel?.has_templates === true,
    };
  }
  if (channel && !channel.is_active) return { note: words.channelOff, isClosed: false, onlyTemplates: false };
  if (left < soonSeconds) return { note: words.windowLeft(format.span(left)), isClosed: false, onlyTemplates: false };
  return { isClosed: false, onlyTemplates: false };
}
