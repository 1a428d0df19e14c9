import { ActionIcon, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { OperationId } from "../../data/client.ts";
import { useGroups, useLossReasons, useSources, useTaskTypes } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Editable } from "../../ui/editable.tsx";
import { inWords, tellProblem } from "../../ui/problem.tsx";

/** The short lists that records choose from. */
export function Lists() {
  const words = useText().settings.lists;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <List title={words.sources} items={useSources()} operations={["listSources", "createSource", "updateSource", "deleteSource"]} />
      <List
        title={words.lossReasons}
        items={useLossReasons()}
        operations={["listLossReasons", "createLossReason", "updateLossReason", "deleteLossReason"]}
      />
      <List
        title={words.taskTypes}
        items={useTaskTypes()}
        operations={["listTaskTypes", "createTaskType", "updateTaskType", "deleteTaskType"]}
      />
      <List title={words.groups} items={useGroups()} operations={["listGroups", "createGroup", "updateGroup", "deleteGroup"]} />
    </SimpleGrid>
  );
}

function List({
  title,
  items,
  operations: [list, create, update, remove],
}: {
  readonly title: string;
  readonly items: readonly { readonly id: number; readonly name: string }[];
  readonly operations: readonly [
    OperationId,
    "createSource" | "createLossReason" | "createTaskType" | "createGroup",
    "updateSource" | "updateLossReason" | "updateTaskType" | "updateGroup",
    "deleteSource" | "deleteLossReason" | "deleteTaskType" | "deleteGroup",
  ];
}) {
  const text = useText();
  const words = text.settings.lists;
  const [name, setName] = useState("");
  const add = useSend(create, { refresh: [list], onDone: () => setName("") });
  const change = useSend(update, { refresh: [list] });
  const drop = useSend(remove, { refresh: [list] });
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} mb="xs" component="h2">
        {title}
      </Text>
      <Stack gap={4}>
        {items.map((item) => (
          <Group key={item.id} gap={4} wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Editable
                label={words.name}
                value={item.name}
                editor={{ kind: "text" }}
                hideLabel
                onSave={async (value) => {
                  await change.mutateAsync({ path: { id: item.id }, body: { name: String(value ?? "") } });
                  return true;
                }}
              />
            </div>
            <ActionIcon
              size="sm"
              color="gray"
              aria-label={`${text.common.actions.delete}: ${item.name}`}
              onClick={() =>
                void confirm(words.deleteConfirm(item.name), {
                  yes: text.common.actions.delete,
                  no: text.common.actions.cancel,
                  danger: true,
                }).then((yes) => yes && drop.mutate({ path: { id: item.id } }, { onError: (error) => tellProblem(error, text) }))
              }
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") add.mutate({ body: { name: name.trim() } });
        }}
      >
        <Group gap="xs" mt="sm" align="flex-start" wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            aria-label={`${words.add}: ${title}`}
            placeholder={words.name}
            maxLength={500}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={add.error && inWords(add.error, text)}
          />
          <Button size="xs" type="submit" variant="default" loading={add.isPending}>
            {words.add}
          </Button>
        </Group>
      </form>
    </Paper>
  );
}
