import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconArrowBackUp, IconCopy, IconDots } from "@tabler/icons-react";
import { memo } from "react";
import { useUsers } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Message } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import style from "./inbox.module.css";
import { MessageBody } from "./MessageBody.tsx";
import { StateMark, Trouble } from "./MessageState.tsx";

/** One message: what it says, who wrote it and what became of it. */
export const Bubble = memo(function Bubble({
  message,
  quoted,
  isFirst,
  isLast,
  isLit,
  client,
  onReply,
  onGoTo,
}: {
  readonly message: Message;
  readonly quoted: Message | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isLit: boolean;
  readonly client: string;
  readonly onReply: ((message: Message) => void) | undefined;
  readonly onGoTo: (id: number) => void;
}) {
  const words = useInboxText();
  const format = useFormat();
  const isOut = message.direction === "out";
  const isDeleted = message.deleted_at !== null;
  const isTrouble = message.state === "failed" || message.state === "unknown";
  const emoji = Object.values(message.reactions);
  const foot = (
    <div className={style["foot"]}>
      {message.edited_at !== null && !isDeleted && <span>{words.message.edited}</span>}
      <time dateTime={message.at} title={format.full(message.at)}>
        {format.time(message.at)}
      </time>
      {isOut && <StateMark state={message.state} />}
    </div>
  );
  return (
    <article
      className={style["message"]}
      data-message={message.id}
      data-out={isOut || undefined}
      data-first={isFirst || undefined}
      data-last={isLast || undefined}
      data-lit={isLit || undefined}
    >
      <div className={style["bubble"]} data-trouble={isOut && isTrouble ? message.state : undefined}>
        {isOut && isFirst && <Author message={message} />}
        {message.reply_to !== null && <Quote id={message.reply_to} quoted={quoted} client={client} onGoTo={onGoTo} />}
        {isDeleted ? (
          <div className={style["last"]}>
            <Text size="sm" c="dimmed" fs="italic">
              {words.message.deleted}
            </Text>
            {foot}
          </div>
        ) : (
          <MessageBody message={message} foot={foot} />
        )}
        {emoji.length > 0 && (
          <ul
            className={style["reactions"]}
            aria-label={words.message.reactions}
            style={{ listStyle: "none", padding: 0, marginBottom: 0 }}
          >
            {[...Map.groupBy(emoji, (one) => one)].map(([one, all]) => (
              <li key={one} className={style["reaction"]}>
                {one}
                {all.length > 1 && ` ${all.length}`}
              </li>
            ))}
          </ul>
        )}
        {isOut && isTrouble && !isDeleted && (
          <Trouble message={message}>
            <Again message={message} />
          </Trouble>
        )}
      </div>
      {!isDeleted && <Tools message={message} onReply={onReply} />}
    </article>
  );
});

/** Who of ours, or by what way: in a conversation that several answer in, one must see it. */
function Author({ message: { user, origin } }: { readonly message: Message }) {
  const words = useInboxText().message;
  const { nameOf } = useUsers();
  const said = [user === null ? "" : nameOf(user), words.origins[origin] ?? ""].filter((part) => part !== "");
  return said.length > 0 && <div className={style["author"]}>{said.join(" · ")}</div>;
}

function Quote({
  id,
  quoted,
  client,
  onGoTo,
}: {
  readonly id: number;
  readonly quoted: Message | undefined;
  readonly client: string;
  readonly onGoTo: (id: number) => void;
}) {
  const words = useInboxText();
  const said = quoted ? quoted.text || words.kinds[quoted.kind] : words.message.gone;
  return (
    <button type="button" className={style["quote"]} onClick={() => onGoTo(id)} title={words.message.quoted}>
      {quoted && <strong>{quoted.direction === "in" ? client || words.noName : words.us}</strong>}
      <span>{said}</span>
    </button>
  );
}

function Again({ message }: { readonly message: Message }) {
  const text = useText();
  const words = useInboxText().message;
  const may = useMay();
  const again = useSend("sendMessageAgain", { refresh: ["listMessages", "getConversation"] });
  if (!may("crm:write")) return null;
  return (
    <ActionLink
      label={words.again}
      busy={again.isPending}
      onClick={() => again.mutate({ path: { id: message.id } }, { onError: (error) => tellProblem(error, text) })}
    />
  );
}

/** A button as small as what stands beside it. */
export function ActionLink({
  label,
  busy = false,
  onClick,
}: {
  readonly label: string;
  readonly busy?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Text
      component="button"
      type="button"
      disabled={busy}
      onClick={onClick}
      size="xs"
      fw={600}
      td="underline"
      c="inherit"
      bg="transparent"
      bd={0}
      p={0}
      mih={24}
      style={{ cursor: "pointer", display: "inline-flex", alignItems: "center", gap: 4 }}
    >
      {label}
    </Text>
  );
}

function Tools({ message, onReply }: { readonly message: Message; readonly onReply: ((message: Message) => void) | undefined }) {
  const words = useInboxText().message;
  if (!onReply && message.text === "") return null;
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="sm" color="gray" className={style["tools"]} aria-label={words.more}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onReply && (
          <Menu.Item leftSection={<IconArrowBackUp size={15} />} onClick={() => onReply(message)}>
            {words.reply}
          </Menu.Item>
        )}
        {message.text !== "" && (
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void navigator.clipboard.writeText(message.text)}>
            {words.copy}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
