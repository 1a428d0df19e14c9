import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTaskTypes } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import type { Entity, Task } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { localInput } from "../../ui/local-input.ts";
import { UserPicker } from "../../ui/pickers.tsx";
import { ProblemNote, showInForm } from "../../ui/problem.tsx";

const tomorrow = (): string => {
  const date = new Date(Date.now() + 86_400_000);
  date.setHours(10, 0, 0, 0);
  return localInput(date);
};

/** A new task, or a change of one. */
export function TaskForm({
  on,
  task,
  onDone,
}: {
  readonly on?: { readonly entity: Entity; readonly id: number };
  readonly task?: Task;
  readonly onDone: () => void;
}) {
  const text = useText();
  const words = text.activity;
  const types = useTaskTypes();
  const { user } = useSession();
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: {
      title: task?.title ?? "",
      due: task ? (task.due === null ? "" : localInput(new Date(task.due))) : tomorrow(),
      type: task?.type === null || task?.type === undefined ? null : String(task.type),
      responsible: task ? task.responsible : (user?.id ?? null),
    },
    validate: { title: (value) => (value.trim() === "" ? text.common.required : null) },
  });
  const refresh = ["listTasks", "dealTimeline", "contactTimeline", "companyTimeline", "listDealCards"] as const;
  const create = useSend("createTask", { refresh });
  const update = useSend("updateTask", { refresh });
  async function submit({ title, due, type, responsible }: typeof form.values): Promise<void> {
    setProblem(undefined);
    const body = {
      title: title.trim(),
      due: due === "" ? null : new Date(due).toISOString(),
      type: type === null ? null : Number(type),
      responsible,
    };
    try {
      if (task) await update.mutateAsync({ path: { id: task.id }, body });
      else await create.mutateAsync({ body: { ...body, ...(on && { [on.entity]: on.id }) } });
      onDone();
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack gap="sm">
        <TextInput label={words.taskTitle} data-autofocus maxLength={1000} {...form.getInputProps("title")} />
        <Group grow align="flex-start">
          <TextInput type="datetime-local" label={words.due} {...form.getInputProps("due")} />
          <Select
            label={words.type}
            clearable
            data={types.map(({ id, name }) => ({ value: String(id), label: name }))}
            {...form.getInputProps("type")}
          />
        </Group>
        <UserPicker label={words.responsible} {...form.getInputProps("responsible")} />
        <ProblemNote error={problem} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {text.common.actions.cancel}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {task ? text.common.actions.save : words.addTask}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
