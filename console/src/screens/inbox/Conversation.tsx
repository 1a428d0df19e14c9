import { type DragEvent, useCallback, useRef, useState } from "react";
import { useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useMay, useSession } from "../../data/session.ts";
import type { Message, Conversation as Shape } from "../../data/shapes.ts";
import { useTyping } from "../../data/typing.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { Answered } from "../../ui/problem.tsx";
import { Composer } from "./Composer.tsx";
import { ConversationHead } from "./ConversationHead.tsx";
import { useSetDraft } from "./drafts.ts";
import style from "./inbox.module.css";
import { useOutbox } from "./outbox.ts";
import { Thread } from "./Thread.tsx";
import { useThread } from "./thread.ts";
import { useFiles } from "./use-files.ts";

interface Around {
  /** Where one came from, on a phone. */
  readonly onBack?: () => void;
  /** Shows or hides who the client is. */
  readonly onAbout?: () => void;
  /** It stands on the page of the deal or contact itself. */
  readonly isInside?: boolean;
  /** No list with a title of its own stands beside it. */
  readonly isTitle?: boolean;
}

/** One conversation: who it is with, what was said, and where one writes. */
export function Conversation({ id, ...around }: Around & { readonly id: number }) {
  const conversation = useAsk("getConversation", { path: { id } });
  return (
    <div className={style["talk"]}>
      <Answered of={conversation}>{(found) => <Talk key={found.id} conversation={found as Shape} {...around} />}</Answered>
    </div>
  );
}

function Talk({ conversation, ...around }: Around & { readonly conversation: Shape }) {
  const { id, channel } = conversation;
  const words = useInboxText();
  const may = useMay();
  const thread = useThread(id);
  const outbox = useOutbox(id);
  const setDraft = useSetDraft(id);
  const field = useRef<HTMLTextAreaElement>(null);
  const channels = useAsk("listChannels", {}, { staleTime: 60_000 });
  const files = useFiles(channels.data?.items.find((one) => one.id === channel)?.largest_file);
  const drop = useDrop(may("crm:write"), files.add);
  const begin = useCallback(
    (changes: Parameters<typeof setDraft>[0]) => {
      setDraft(changes);
      field.current?.focus();
    },
    [setDraft],
  );
  const onReply = useCallback((message: Message) => begin({ replyTo: message.id }), [begin]);
  const newest = (): number => Math.max(0, ...(thread.data?.messages ?? []).map(({ id }) => id));
  return (
    <div className={style["talk"]} {...drop.props}>
      <ConversationHead conversation={conversation} {...around} />
      <Thread
        conversation={conversation}
        thread={thread}
        outbox={outbox}
        onReply={may("crm:write") ? onReply : undefined}
        onEdit={(text) => begin({ text })}
      />
      <Typing conversation={id} />
      <Composer
        conversation={conversation}
        messages={thread.data?.messages ?? []}
        files={files}
        field={field}
        onSend={(message) => outbox.post({ ...message, after: newest() })}
      />
      {drop.isOver && <div className={style["drop"]}>{words.composer.drop}</div>}
    </div>
  );
}

/** Colleagues who are writing at this moment. */
function Typing({ conversation }: { readonly conversation: number }) {
  const words = useInboxText();
  const { user } = useSession();
  const { nameOf } = useUsers();
  const names = useTyping(conversation, user?.id).map(nameOf);
  return (
    <div className={style["typing"]} role="status">
      {names.length > 0 && words.typing(names)}
    </div>
  );
}

/** Files that are dragged over the conversation. */
function useDrop(isMeant: boolean, onFiles: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false);
  if (!isMeant) return { isOver: false, props: {} };
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    isOver,
    props: {
      onDragOver(event: DragEvent): void {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event: DragEvent): void {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop(event: DragEvent): void {
        setOver(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        onFiles([...event.dataTransfer.files]);
      },
    },
  };
}
