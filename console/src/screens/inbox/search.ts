import { useNavigate, useSearch } from "@tanstack/react-router";
import type { QueryOf } from "../../data/client.ts";

/** Which conversations the list shows, as the address of the page holds it. */

export const whoses = ["all", "mine", "nobodys", "unread"] as const;
export const states = ["open", "closed", "any"] as const;

export interface InboxSearch {
  readonly whose?: (typeof whoses)[number];
  readonly state?: (typeof states)[number];
  readonly channel?: number;
  readonly q?: string;
  /** Who the client is stands in front, where there is no room beside. */
  readonly about?: true;
}

export function questionOf({ whose = "all", state = "open", channel, q }: InboxSearch): QueryOf<"listConversations"> {
  return {
    limit: 40,
    ...(whose === "mine" && { responsible: "me" }),
    ...(whose === "nobodys" && { responsible: "nobody" }),
    ...(whose === "unread" && { unread: true }),
    ...(state !== "any" && { open: state === "open" }),
    ...(channel !== undefined && { channel }),
    ...(q !== undefined && q !== "" && { q: String(q) }),
  };
}

export function useInboxSearch(): readonly [
  InboxSearch,
  (changes: { readonly [name in keyof InboxSearch]: InboxSearch[name] | undefined }) => void,
] {
  const search = useSearch({ strict: false }) as InboxSearch;
  const navigate = useNavigate();
  const set = (changes: object): void =>
    void navigate({ to: ".", search: (before: object) => ({ ...before, ...changes }) as never, replace: true });
  return [search, set];
}
