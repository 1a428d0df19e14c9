import { ActionIcon, Button, FileButton, Group, Text, Textarea, Tooltip } from "@mantine/core";
import { IconBolt, IconPaperclip, IconSend2, IconTemplate, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Channel, Conversation, Message } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { Attachments } from "./Attachments.tsx";
import { useDraft, useSetDraft } from "./drafts.ts";
import style from "./inbox.module.css";
import { nameOf } from "./network.tsx";
import { QuickList, useQuickList } from "./QuickList.tsx";
import { QuickReplies } from "./QuickReplies.tsx";
import { Templates } from "./Templates.tsx";
import type { Unsent } from "./unsent.ts";
import type { useFiles } from "./use-files.ts";
import { useTellTyping } from "./use-tell-typing.ts";
import { useWindow } from "./use-window.ts";

/** Where one writes: words, files, answers that are kept, templates. */
export function Composer({
  conversation,
  messages,
  files,
  field,
  onSend,
}: {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  readonly files: ReturnType<typeof useFiles>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onSend: (message: Pick<Unsent, "body" | "files">) => void;
}) {
  const words = useInboxText();
  const may = useMay();
  const channels = useAsk("listChannels", {}, { staleTime: 60_000 });
  const channel = channels.data?.items.find(({ id }) => id === conversation.channel);
  const gate = useWindow(conversation, channel, channels.data !== undefined);
  const draft = useDraft(conversation.id);
  const setDraft = useSetDraft(conversation.id);
  const [opened, setOpened] = useState<"replies" | "templates">();
  const tellTyping = useTellTyping(conversation.id);
  const quick = useQuickList(draft.text, (text) => write(text.replaceAll("{name}", conversation.client.name)));
  const listId = useId();

  if (!may("crm:write")) return <Shut note={words.composer.mayNot} />;
  const quoted = draft.replyTo === null ? undefined : messages.find(({ id }) => id === draft.replyTo);
  const canSend = (draft.text.trim() !== "" || files.items.some(({ done }) => done)) && !files.isBusy;

  function write(text: string): void {
    setDraft({ text });
    field.current?.focus();
  }
  function send(): void {
    if (!canSend) return;
    const sent = files.items.flatMap(({ done }) => (done ? [done] : []));
    const text = draft.text.trim();
    onSend({
      body: {
        ...(text !== "" && { text }),
        ...(sent.length > 0 && { files: sent.map(({ id }) => id) }),
        ...(draft.replyTo !== null && { reply_to: draft.replyTo }),
      },
      files: sent,
    });
    setDraft({ text: "", replyTo: null });
    files.clear();
    field.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing || quick.onKey(event)) return;
    if (event.key === "Escape" && draft.replyTo !== null) setDraft({ replyTo: null });
    // A keyboard on the screen has no Shift to begin a line with.
    if (event.key !== "Enter" || event.shiftKey || (hasTouchKeys() && !event.ctrlKey)) return;
    event.preventDefault();
    // Held down, it says so many times.
    if (!event.repeat) send();
  }

  const templates = channel?.has_templates && (
    <Templates
      opened={opened === "templates"}
      channel={channel.id}
      client={conversation.client.name}
      onClose={() => setOpened(undefined)}
      onSend={(body) => onSend({ body, files: [] })}
    />
  );
  if (gate.isClosed)
    return (
      <Shut note={gate.note ?? ""}>
        {gate.onlyTemplates && (
          <Button size="sm" leftSection={<IconTemplate size={16} />} onClick={() => setOpened("templates")}>
            {words.templates.button}
          </Button>
        )}
        {templates}
      </Shut>
    );

  return (
    <div className={style["composer"]} style={{ position: "relative" }}>
      {(gate.note !== undefined || !conversation.is_open) && (
        <Text size="xs" c="dimmed" mb={6} role="status">
          {gate.note ?? words.header.closedNote}
        </Text>
      )}
      {draft.replyTo !== null && (
        <div className={style["strip"]}>
          <div className={style["quote"]} style={{ cursor: "default", margin: 0, minWidth: 0 }}>
            <strong>
              {words.composer.answers} {quoted?.direction === "out" ? words.us.toLowerCase() : nameOf(conversation, words.noName)}
            </strong>
            <span>{quoted ? quoted.text || words.kinds[quoted.kind] : words.message.gone}</span>
          </div>
          <ActionIcon size="sm" color="gray" aria-label={words.composer.noReply} onClick={() => setDraft({ replyTo: null })}>
            <IconX size={15} />
          </ActionIcon>
        </div>
      )}
      <Attachments files={files} />
      {quick.isOpen && <QuickList id={listId} quick={quick} onManage={() => setOpened("replies")} />}
      <div className={style["field"]}>
        <FileButton onChange={files.add} multiple>
          {(props) => (
            <Tooltip label={words.composer.attach}>
              <ActionIcon {...props} size={36} color="gray" aria-label={words.composer.attach}>
                <IconPaperclip size={19} />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
        <Tooltip label={`${words.quick.button} · /`}>
          <ActionIcon
            size={36}
            color="gray"
            aria-label={words.quick.button}
            aria-expanded={quick.isOpen}
            // The field keeps what is typed into it.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              quick.toggle();
              field.current?.focus();
            }}
          >
            <IconBolt size={19} />
          </ActionIcon>
        </Tooltip>
        {channel?.has_templates && (
          <Tooltip label={words.templates.button}>
            <ActionIcon size={36} color="gray" aria-label={words.templates.button} onClick={() => setOpened("templates")}>
              <IconTemplate size={19} />
            </ActionIcon>
          </Tooltip>
        )}
        <Textarea
          ref={field}
          flex={1}
          miw={0}
          autosize
          minRows={1}
          maxRows={9}
          radius="lg"
          aria-label={words.composer.label}
          placeholder={words.composer.hint}
          aria-controls={quick.isOpen ? listId : undefined}
          aria-activedescendant={quick.activeId(listId)}
          value={draft.text}
          onChange={({ currentTarget }) => {
            setDraft({ text: currentTarget.value });
            if (currentTarget.value !== "" && !currentTarget.value.startsWith("/")) tellTyping();
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const pasted = [...event.clipboardData.files];
            if (pasted.length === 0) return;
            event.preventDefault();
            files.add(pasted);
          }}
        />
        <Tooltip label={files.isBusy ? words.composer.uploading : words.composer.keys}>
          <ActionIcon
            size={36}
            radius="xl"
            variant="filled"
            aria-label={words.composer.send}
            disabled={!canSend}
            loading={files.isBusy}
            onMouseDown={(event) => event.preventDefault()}
            onClick={send}
          >
            <IconSend2 size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Length text={draft.text} channel={channel} />
      <QuickReplies opened={opened === "replies"} onClose={() => setOpened(undefined)} />
      {templates}
    </div>
  );
}

const hasTouchKeys = (): boolean => window.matchMedia("(pointer: coarse)").matches;

function Shut({ note, children }: { readonly note: string; readonly children?: React.ReactNode }) {
  return (
    <div className={style["composer"]}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status" style={{ flex: "1 1 220px" }}>
          {note}
        </Text>
        {children}
      </Group>
    </div>
  );
}

/** How much is left, once it matters; a longer text goes in pieces. */
function Length({ text, channel }: { readonly text: string; readonly channel: Channel | undefined }) {
  const words = useInboxText().composer;
  const most = channel?.longest_text ?? 0;
  if (most === 0 || text.length < most * 0.9) return null;
  const pieces = Math.ceil(text.length / most);
  return (
    <Text size="xs" c={pieces > 1 ? "orange" : "dimmed"} ta="right" mt={4} role="status">
      {words.left(text.length.toLocaleString(), most.toLocaleString())}
      {pieces > 1 && ` · ${words.inPieces(words.pieces(pieces))}`}
    </Text>
  );
}
