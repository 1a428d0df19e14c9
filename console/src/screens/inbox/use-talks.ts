import { useAsk } from "../../data/queries.ts";
import type { Conversation } from "../../data/shapes.ts";

/** Whose conversations they are: those of a deal come with those of its main contact. */
export interface TalksOf {
  readonly contact?: number | undefined;
  readonly deal?: number | undefined;
}

/** The conversations with a client, or about a deal, the latest first; undefined until it is known. */
export function useTalks({ contact, deal }: TalksOf, enabled = true): readonly Conversation[] | undefined {
  const limit = { limit: 50 } as const;
  const ofContact = useAsk(
    "listConversations",
    { query: { contact: contact ?? 0, ...limit } },
    { enabled: enabled && contact !== undefined },
  );
  const ofDeal = useAsk("listConversations", { query: { deal: deal ?? 0, ...limit } }, { enabled: enabled && deal !== undefined });
  const isKnown = (contact === undefined || ofContact.data) && (deal === undefined || ofDeal.data);
  if (!isKnown) return undefined;
  const all = [...(ofDeal.data?.items ?? []), ...(ofContact.data?.items ?? [])];
  return [...new Map(all.map((one) => [one.id, one])).values()] as Conversation[];
}
