import { ActionIcon, Checkbox, Group, Modal, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Entity, Task } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { FinishTask } from "./FinishTask.tsx";
import { TaskForm } from "./TaskForm.tsx";

/** What is still to be done about a record. */
export function OpenTasks({ entity, id }: { readonly entity: Entity; readonly id: number }) {
  const words = useText().activity;
  const tasks = useAsk("listTasks", { query: { [entity]: id, done: false, sort: "due", limit: 50 } as never });
  const items = tasks.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Paper withBorder p="sm" radius="md">
      <Text fw={600} size="sm" mb="xs" component="h2">
        {words.openTasks}
      </Text>
      <Stack gap={6}>
        {items.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </Stack>
    </Paper>
  );
}

export function TaskLine({ task }: { readonly task: Task }) {
  const text = useText();
  const words = text.activity;
  const may = useMay();
  const { nameOf } = useUsers();
  const [finishing, setFinishing] = useState(false);
  const [editing, setEditing] = useState(false);
  const overdue = task.due !== null && !task.done && new Date(task.due) < new Date();
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Checkbox
        mt={2}
        size="sm"
        checked={task.done}
        disabled={!may("crm:write")}
        aria-label={`${words.complete}: ${task.title}`}
        onChange={() => setFinishing(true)}
      />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {task.title}
        </Text>
        <Text size="xs" c={overdue ? "red" : "dimmed"}>
          {task.due === null ? words.noDue : <When at={task.due} long />} · {nameOf(task.responsible)}
        </Text>
      </div>
      {may("crm:write") && (
        <Tooltip label={words.edit}>
          <ActionIcon size="sm" color="gray" aria-label={`${words.edit}: ${task.title}`} onClick={() => setEditing(true)}>
            <IconPencil size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      <FinishTask task={task} opened={finishing} onClose={() => setFinishing(false)} />
      <Modal opened={editing} onClose={() => setEditing(false)} title={words.task}>
        <TaskForm task={task} onDone={() => setEditing(false)} />
      </Modal>
    </Group>
  );
}
