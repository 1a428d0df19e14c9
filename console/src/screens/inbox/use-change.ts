import type { BodyOf } from "../../data/client.ts";
import { useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { tellProblem } from "../../ui/problem.tsx";

/** Changes what is said of a conversation: who answers, whom it is with, whether it is done. */
export function useChangeConversation(id: number) {
  const text = useText();
  const change = useSend("changeConversation", { refresh: ["getConversation", "listConversations", "countUnread"] });
  return {
    isPending: change.isPending,
    save: (body: BodyOf<"changeConversation">): void =>
      change.mutate({ path: { id }, body }, { onError: (error) => tellProblem(error, text) }),
  };
}
