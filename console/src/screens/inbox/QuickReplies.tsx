import { ActionIcon, Button, Group, Modal, Paper, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { confirm } from "../../ui/ask-person.tsx";
import { Answered, inWords, tellProblem } from "../../ui/problem.tsx";

type Reply = ItemOf<"listQuickReplies">;

/** The answers that are kept for everybody: add, change and remove them. */
export function QuickReplies({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const words = useInboxText().quick;
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="lg">
      <Replies />
    </Modal>
  );
}

function Replies() {
  const text = useText();
  const words = useInboxText().quick;
  const replies = useAsk("listQuickReplies");
  const [editing, setEditing] = useState<number | "new">();
  const remove = useSend("removeQuickReply", { refresh: ["listQuickReplies"] });
  return (
    <Answered of={replies}>
      {({ items }) => (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {words.hint}
          </Text>
          {items.map((reply) =>
            editing === reply.id ? (
              <ReplyForm key={reply.id} reply={reply} onDone={() => setEditing(undefined)} />
            ) : (
              <Group key={reply.id} justify="space-between" wrap="nowrap" align="flex-start">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={600}>
                    {reply.title}
                  </Text>
                  <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                    {reply.text}
                  </Text>
                </div>
                <Group gap={4} wrap="nowrap">
                  <ActionIcon color="gray" aria-label={`${text.common.actions.edit}: ${reply.title}`} onClick={() => setEditing(reply.id)}>
                    <IconPencil size={16} />
                  </ActionIcon>
                  <ActionIcon
                    color="gray"
                    aria-label={`${text.common.actions.remove}: ${reply.title}`}
                    onClick={() =>
                      void confirm(words.remove(reply.title), {
                        yes: text.common.actions.remove,
                        no: text.common.actions.cancel,
                        danger: true,
                      }).then((yes) => yes && remove.mutate({ path: { id: reply.id } }, { onError: (error) => tellProblem(error, text) }))
                    }
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Group>
              </Group>
            ),
          )}
          {editing === "new" || items.length === 0 ? (
            <ReplyForm onDone={() => setEditing(undefined)} />
          ) : (
            <Button variant="light" leftSection={<IconPlus size={15} />} w="fit-content" onClick={() => setEditing("new")}>
              {words.add}
            </Button>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function ReplyForm({ reply, onDone }: { readonly reply?: Reply; readonly onDone: () => void }) {
  const text = useText();
  const words = useInboxText().quick;
  const [title, setTitle] = useState(reply?.title ?? "");
  const [said, setSaid] = useState(reply?.text ?? "");
  const settled = { refresh: ["listQuickReplies"] as const, onDone };
  const add = useSend("addQuickReply", settled);
  const change = useSend("changeQuickReply", settled);
  const isBusy = add.isPending || change.isPending;
  const error = add.error ?? change.error;
  return (
    <Paper withBorder p="sm" radius="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { title: title.trim(), text: said.trim() };
          if (isBusy || body.title === "" || body.text === "") return;
          if (reply) change.mutate({ path: { id: reply.id }, body });
          else add.mutate({ body });
        }}
      >
        <Stack gap="xs">
          <TextInput
            label={words.name}
            placeholder={words.nameHint}
            maxLength={100}
            data-autofocus
            value={title}
            onChange={({ currentTarget }) => setTitle(currentTarget.value)}
          />
          <Textarea
            label={words.text}
            placeholder={words.textHint}
            autosize
            minRows={3}
            maxRows={10}
            maxLength={4096}
            value={said}
            onChange={({ currentTarget }) => setSaid(currentTarget.value)}
            error={error && inWords(error, text)}
          />
          <Group gap="xs" justify="flex-end">
            <Button size="xs" variant="default" onClick={onDone}>
              {text.common.actions.cancel}
            </Button>
            <Button size="xs" type="submit" loading={isBusy} disabled={title.trim() === "" || said.trim() === ""}>
              {text.common.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
