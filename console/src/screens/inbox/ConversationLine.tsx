import { Text, VisuallyHidden } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useUsers } from "../../data/directory.ts";
import type { Conversation } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { When } from "../../ui/format.tsx";
import { useDraft } from "./drafts.ts";
import style from "./inbox.module.css";
import { ClientAvatar, nameOf } from "./network.tsx";

/** One conversation of the list: who it is, what was said last, and whether somebody has to read it. */
export const ConversationLine = memo(function ConversationLine({
  conversation,
  isOpened,
}: {
  readonly conversation: Conversation;
  readonly isOpened: boolean;
}) {
  const words = useInboxText();
  const users = useUsers();
  const { id, unread, responsible, is_open, channel_name, last_message_at, created_at } = conversation;
  const isNew = unread > 0;
  return (
    <li>
      <Link
        to="/inbox/$id"
        params={{ id: String(id) }}
        search={(before: object) => ({ ...before, about: undefined }) as never}
        className={style["line"]}
        activeOptions={{ exact: true, includeSearch: false }}
        data-opened={isOpened || undefined}
        data-conversation={id}
      >
        <ClientAvatar of={conversation} />
        <span className={style["words"]}>
          <span className={style["row"]}>
            <Text span className={style["grow"]} fw={isNew ? 700 : 550}>
              {nameOf(conversation, words.noName)}
            </Text>
            <span className={style["quiet"]}>
              <When at={last_message_at ?? created_at} />
            </span>
          </span>
          <span className={style["row"]}>
            <Preview conversation={conversation} hasDraft={!isOpened} />
            {isNew && (
              <span className={style["count"]} title={words.unread(unread)}>
                <span aria-hidden>{unread > 99 ? "99+" : unread}</span>
                <VisuallyHidden>{words.unread(unread)}</VisuallyHidden>
              </span>
            )}
          </span>
          <span className={style["row"]}>
            <span className={`${style["grow"]} ${style["quiet"]}`}>{channel_name || conversation.network}</span>
            <span className={`${style["owner"]} ${style["quiet"]}`}>{responsible === null ? words.nobody : users.nameOf(responsible)}</span>
            {!is_open && (
              <span className={style["quiet"]}>
                <IconCircleCheck size={12} aria-hidden style={{ verticalAlign: -2 }} /> {words.closed}
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
});

function Preview({
  conversation: { id, preview, unread },
  hasDraft,
}: {
  readonly conversation: Conversation;
  /** Whoever has it open sees what they write. */
  readonly hasDraft: boolean;
}) {
  const words = useInboxText();
  const draft = useDraft(id);
  const text = preview && (preview.text || words.kinds[preview.kind]);
  return (
    <Text span size="sm" className={style["grow"]} c={unread > 0 ? undefined : "dimmed"}>
      {hasDraft && draft.text !== "" ? (
        <>
          <span className={style["draft"]}>{words.draft}:</span> {draft.text}
        </>
      ) : (
        <>
          {preview?.direction === "out" && `${words.us}: `}
          {text ?? "—"}
        </>
      )}
    </Text>
  );
}
