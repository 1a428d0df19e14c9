import { ActionIcon, Button, Indicator, Loader, Text, Tooltip } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { Fragment, type ReactNode, useMemo } from "react";
import { useSession } from "../../data/session.ts";
import type { Conversation, Message } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";
import { Empty, ProblemNote, tellProblem, Waiting } from "../../ui/problem.tsx";
import { Bubble } from "./Bubble.tsx";
import style from "./inbox.module.css";
import type { Outbox } from "./outbox.ts";
import { rowsOf } from "./rows.ts";
import type { useThread } from "./thread.ts";
import { UnsentBubble } from "./UnsentBubble.tsx";
import { notThereYet } from "./unsent.ts";
import { useReading } from "./use-reading.ts";
import { useThreadScroll } from "./use-thread-scroll.ts";

/** What was said, by days, with what is on its way below. */
export function Thread({
  conversation,
  thread,
  outbox,
  onReply,
  onEdit,
}: {
  readonly conversation: Conversation;
  readonly thread: ReturnType<typeof useThread>;
  readonly outbox: Outbox;
  readonly onReply: ((message: Message) => void) | undefined;
  readonly onEdit: (text: string) => void;
}) {
  const text = useText();
  const words = useInboxText();
  const { user } = useSession();
  const messages = useMemo(() => thread.data?.messages ?? [], [thread.data]);
  const waiting = notThereYet(outbox.unsent, messages, user?.id);
  const unread = useReading(conversation, thread.data && messages);
  const rows = useMemo(() => rowsOf(messages, unread), [messages, unread]);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);
  const scroll = useThreadScroll(thread, messages, waiting.length, (error) => tellProblem(error, text));
  if (!thread.data) return thread.error ? <ProblemNote error={thread.error} onRetry={() => void thread.refetch()} /> : <Waiting />;
  const isEmpty = messages.length === 0 && waiting.length === 0;
  return (
    <div className={style["ground"]}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className={style["messages"]} ref={scroll.box} onScroll={scroll.onScroll} tabIndex={0} aria-label={words.talk}>
        <div className={style["inner"]} ref={scroll.inner}>
          {thread.data.older !== null ? (
            <Text ta="center" size="xs" py="xs" mih={44}>
              {thread.isLoadingOlder ? (
                <Loader size="xs" aria-label={text.common.loading} />
              ) : (
                <Button size="compact-xs" variant="subtle" onClick={() => void scroll.loadOlder()}>
                  {text.common.loadMore}
                </Button>
              )}
            </Text>
          ) : (
            !isEmpty && (
              <Text ta="center" size="xs" c="dimmed" pt="xs">
                {words.begin}
              </Text>
            )
          )}
          {isEmpty && <Empty title={words.nothingSaid}>{words.nothingSaidText}</Empty>}
          {rows.map((row) => (
            <Fragment key={row.key}>
              {row.kind === "day" ? (
                <Day at={row.at} />
              ) : row.kind === "unread" ? (
                <Line>{words.newBelow}</Line>
              ) : (
                <Bubble
                  message={row.message}
                  quoted={row.message.reply_to === null ? undefined : byId.get(row.message.reply_to)}
                  isFirst={row.isFirst}
                  isLast={row.isLast}
                  isLit={scroll.lit === row.message.id}
                  client={conversation.client.name}
                  onReply={onReply}
                  onGoTo={scroll.goTo}
                />
              )}
            </Fragment>
          ))}
          {waiting.map((one) => (
            <UnsentBubble key={one.key} unsent={one} outbox={outbox} onEdit={onEdit} />
          ))}
        </div>
      </section>
      {scroll.isAway && (
        <div className={style["down"]}>
          <Tooltip label={words.toEnd}>
            <Indicator disabled={scroll.newBelow === 0} label={scroll.newBelow} size={18}>
              <ActionIcon variant="default" size={40} radius="xl" aria-label={words.toEnd} onClick={scroll.toEnd}>
                <IconArrowDown size={18} />
              </ActionIcon>
            </Indicator>
          </Tooltip>
        </div>
      )}
    </div>
  );
}

function Day({ at }: { readonly at: string }) {
  const words = useInboxText();
  const format = useFormat();
  const day = new Date(at).toDateString();
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  return (
    <div className={style["day"]}>
      {day === now.toDateString() ? words.today : day === yesterday.toDateString() ? words.yesterday : format.day(at)}
    </div>
  );
}

const Line = ({ children }: { readonly children: ReactNode }) => (
  <div className={style["unread"]} data-testid="unread-line">
    {children}
  </div>
);
