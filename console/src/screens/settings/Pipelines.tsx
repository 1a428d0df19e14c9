import { ActionIcon, Badge, Button, ColorSwatch, Group, Menu, Modal, Paper, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDots, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { usePipelines } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import type { Pipeline, Stage } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Editable } from "../../ui/editable.tsx";
import { inWords, tellProblem } from "../../ui/problem.tsx";

const refresh = ["listPipelines"] as const;
const colours = ["#a6b1bd", "#4d8ad9", "#5c6ac4", "#9c5fd0", "#d0588a", "#e0713c", "#d9a514", "#7aa83a", "#2f9e77"];

/** The ways a deal goes. */
export function Pipelines() {
  const text = useText();
  const words = text.settings.pipelines;
  const { pipelines } = usePipelines();
  const [adding, setAdding] = useState(false);
  return (
    <Stack>
      <Group justify="flex-end">
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {words.add}
        </Button>
      </Group>
      {pipelines.map((pipeline) => (
        <PipelineCard key={pipeline.id} pipeline={pipeline} />
      ))}
      <Modal opened={adding} onClose={() => setAdding(false)} title={words.add}>
        {adding && <NewPipeline onDone={() => setAdding(false)} />}
      </Modal>
    </Stack>
  );
}

function PipelineCard({ pipeline }: { readonly pipeline: Pipeline }) {
  const text = useText();
  const words = text.settings.pipelines;
  const change = useSend("updatePipeline", { refresh });
  const remove = useSend("deletePipeline", { refresh });
  const addStage = useSend("createStage", { refresh });
  const onError = (error: Error): void => tellProblem(error, text);
  const steps = pipeline.stages.filter(({ kind }) => kind === "open");
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Group gap="xs" style={{ minWidth: 0 }} flex={1}>
          <div style={{ flex: 1, maxWidth: 320 }}>
            <Editable
              label={words.name}
              value={pipeline.name}
              shown={<Text fw={600}>{pipeline.name}</Text>}
              editor={{ kind: "text" }}
              hideLabel
              onSave={async (value) => {
                await change.mutateAsync({ path: { id: pipeline.id }, body: { name: String(value ?? "") } });
                return true;
              }}
            />
          </div>
          {pipeline.is_default && (
            <Badge variant="light" tt="none">
              {words.standard}
            </Badge>
          )}
        </Group>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon color="gray" aria-label={`${text.common.actions.actions}: ${pipeline.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              disabled={pipeline.is_default}
              onClick={() => change.mutate({ path: { id: pipeline.id }, body: { is_default: true } }, { onError })}
            >
              {words.makeStandard}
            </Menu.Item>
            <Menu.Item
              color="red"
              disabled={pipeline.is_default}
              onClick={() =>
                void confirm(words.deletePipeline(pipeline.name), {
                  yes: text.common.actions.delete,
                  no: text.common.actions.cancel,
                  danger: true,
                }).then((yes) => yes && remove.mutate({ path: { id: pipeline.id } }, { onError }))
              }
            >
              {text.common.actions.delete}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Stack gap={4}>
        {pipeline.stages.map((stage) => (
          <StageLine key={stage.id} stage={stage} steps={steps} />
        ))}
      </Stack>
      <Button
        mt="sm"
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        loading={addStage.isPending}
        onClick={() =>
          addStage.mutate(
            { path: { id: pipeline.id }, body: { name: words.stage, kind: "open", position: (steps.at(-1)?.position ?? 0) + 10 } },
            { onError },
          )
        }
      >
        {words.addStage}
      </Button>
    </Paper>
  );
}

const kindColours = { incoming: "#a6b1bd", open: "#4d8ad9", won: "#2f9e77", lost: "#d64545" } as const;

function StageLine({ stage, steps }: { readonly stage: Stage; readonly steps: readonly Stage[] }) {
  const text = useText();
  const words = text.settings.pipelines;
  const change = useSend("updateStage", { refresh });
  const remove = useSend("deleteStage", { refresh });
  const onError = (error: Error): void => tellProblem(error, text);
  const path = { id: stage.pipeline, stage: stage.id };
  const index = steps.findIndex(({ id }) => id === stage.id);
  /** The whole order is written, since places made by hand may be equal. */
  async function move(by: 1 | -1): Promise<void> {
    const order = [...steps];
    const [taken] = order.splice(index, 1);
    if (taken) order.splice(index + by, 0, taken);
    try {
      for (const [place, each] of order.entries()) {
        if (each.position !== place * 10)
          await change.mutateAsync({ path: { id: each.pipeline, stage: each.id }, body: { position: place * 10 } });
      }
    } catch (error) {
      tellProblem(error, text);
    }
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Menu>
        <Menu.Target>
          <ActionIcon size="sm" aria-label={`${words.colour}: ${stage.name}`}>
            <ColorSwatch component="span" color={stage.colour ?? kindColours[stage.kind]} size={14} withShadow={false} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Group gap={6} p={6} maw={150}>
            {colours.map((colour) => (
              <ColorSwatch
                key={colour}
                component="button"
                color={colour}
                size={22}
                aria-label={colour}
                onClick={() => change.mutate({ path, body: { colour } }, { onError })}
              />
            ))}
          </Group>
        </Menu.Dropdown>
      </Menu>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Editable
          label={words.stage}
          value={stage.name}
          editor={{ kind: "text" }}
          hideLabel
          onSave={async (value) => {
            await change.mutateAsync({ path, body: { name: String(value ?? "") } });
            return true;
          }}
        />
      </div>
      {stage.kind === "open" ? (
        <>
          <Tooltip label={words.up}>
            <ActionIcon
              size="sm"
              color="gray"
              disabled={index === 0}
              aria-label={`${words.up}: ${stage.name}`}
              onClick={() => void move(-1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={words.down}>
            <ActionIcon
              size="sm"
              color="gray"
              disabled={index === steps.length - 1}
              aria-label={`${words.down}: ${stage.name}`}
              onClick={() => void move(1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
          </Tooltip>
          <ActionIcon
            size="sm"
            color="red"
            aria-label={`${text.common.actions.delete}: ${stage.name}`}
            disabled={steps.length === 1}
            onClick={() =>
              void confirm(words.deleteStage(stage.name), {
                yes: text.common.actions.delete,
                no: text.common.actions.cancel,
                danger: true,
              }).then((yes) => yes && remove.mutate({ path }, { onError }))
            }
          >
            <IconTrash size={14} />
          </ActionIcon>
        </>
      ) : (
        <Text size="xs" c="dimmed">
          {text.common.states[stage.kind]}
        </Text>
      )}
    </Group>
  );
}

function NewPipeline({ onDone }: { readonly onDone: () => void }) {
  const text = useText();
  const words = text.settings.pipelines;
  const [name, setName] = useState("");
  const create = useSend("createPipeline", { refresh, onDone });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({
          body: {
            name: name.trim(),
            stages: [
              { name: words.incoming, kind: "incoming" },
              ...words.first.map((stage, index) => ({ name: stage, kind: "open" as const, position: index * 10 })),
              { name: words.won, kind: "won" },
              { name: words.lost, kind: "lost" },
            ],
          },
        });
      }}
    >
      <Stack>
        <TextInput
          label={words.name}
          data-autofocus
          required
          maxLength={500}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={create.error && inWords(create.error, text)}
        />
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
          {text.common.actions.create}
        </Button>
      </Stack>
    </form>
  );
}
