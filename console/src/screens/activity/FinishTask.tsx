import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useSend } from "../../data/queries.ts";
import type { Task } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { ProblemNote } from "../../ui/problem.tsx";

/** Closes a task and asks what came of it; takes a closed one up again. */
export function FinishTask({ task, opened, onClose }: { readonly task: Task; readonly opened: boolean; readonly onClose: () => void }) {
  const text = useText();
  const words = text.activity;
  const [result, setResult] = useState("");
  const update = useSend("updateTask", {
    refresh: ["listTasks", "dealTimeline", "contactTimeline", "companyTimeline", "listDealCards"],
    onDone: onClose,
  });
  const finish = (): void =>
    update.mutate({
      path: { id: task.id },
      body: task.done ? { done: false } : { done: true, ...(result.trim() !== "" && { result: result.trim() }) },
    });
  return (
    <Modal opened={opened} onClose={onClose} title={task.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          finish();
        }}
      >
        <Stack>
          {!task.done && (
            <Textarea
              label={words.result}
              placeholder={words.resultHint}
              autosize
              minRows={2}
              data-autofocus
              value={result}
              onChange={({ currentTarget }) => setResult(currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish();
              }}
            />
          )}
          <ProblemNote error={update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.common.actions.cancel}
            </Button>
            <Button type="submit" loading={update.isPending}>
              {task.done ? words.reopen : words.complete}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
