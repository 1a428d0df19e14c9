import { Button, Group, Paper, SegmentedControl, Stack, Text, Textarea, Timeline, Tooltip } from "@mantine/core";
import {
  IconArrowsExchange,
  IconCheck,
  IconChecklist,
  IconGitMerge,
  IconNote,
  IconPencil,
  IconPhone,
  IconPlus,
  IconRouteAltLeft,
  IconTag,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { usePages, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Entity, TimelineEntry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { LinkIcon } from "../../ui/links.tsx";
import { inWords, ProblemNote, Waiting } from "../../ui/problem.tsx";
import { CallLine } from "./CallLine.tsx";
import { ChangeLines, useActor } from "./changes.tsx";
import { OpenTasks } from "./OpenTasks.tsx";
import { TaskForm } from "./TaskForm.tsx";

const operations = { deal: "dealTimeline", contact: "contactTimeline", company: "companyTimeline" } as const;
const kindsOf = {
  all: undefined,
  talk: "call,message",
  notes: "note",
  tasks: "task,task_closed,task_reopened",
  changes: "created,changed,stage,tags,deleted,restored,merged,unmerged",
} as const;

/** What is to be done about a record, what one wants to say, and what happened. */
export function Feed({ entity, id }: { readonly entity: Entity; readonly id: number }) {
  const text = useText();
  const words = text.activity;
  const may = useMay();
  const [filter, setFilter] = useState<keyof typeof kindsOf>("all");
  const kinds = kindsOf[filter];
  const pages = usePages(operations[entity], { path: { id }, query: { limit: 40, ...(kinds && { kinds }) } as never }, { keep: true });
  const entries = pages.items as TimelineEntry[];
  return (
    <Stack gap="md">
      {may("crm:write") && <Composer entity={entity} id={id} />}
      <OpenTasks entity={entity} id={id} />
      <Group justify="space-between">
        <Text fw={600} component="h2">
          {words.feed}
        </Text>
        <SegmentedControl
          size="xs"
          value={filter}
          onChange={(value) => setFilter(value as keyof typeof kindsOf)}
          aria-label={words.feed}
          data={(Object.keys(kindsOf) as (keyof typeof kindsOf)[]).map((value) => ({ value, label: words.filters[value] }))}
        />
      </Group>
      {pages.error && entries.length === 0 ? (
        <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <Waiting />
      ) : entries.length === 0 ? (
        <Text c="dimmed">{words.nothing}</Text>
      ) : (
        <Timeline bulletSize={26} lineWidth={2} data-testid="timeline">
          {entries.map((entry) => (
            <Timeline.Item key={entry.id} bullet={icons[entry.kind] ?? <IconPencil size={14} />} pb={4}>
              <EntryLine entry={entry} on={{ entity, id }} />
            </Timeline.Item>
          ))}
        </Timeline>
      )}
      {pages.hasNextPage && (
        <Button variant="default" size="xs" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.common.loadMore}
        </Button>
      )}
    </Stack>
  );
}

const icons: Readonly<Record<string, React.ReactNode>> = {
  created: <IconPlus size={14} />,
  changed: <IconPencil size={14} />,
  stage: <IconArrowsExchange size={14} />,
  tags: <IconTag size={14} />,
  note: <IconNote size={14} />,
  task: <IconChecklist size={14} />,
  task_closed: <IconCheck size={14} />,
  call: <IconPhone size={14} />,
  deleted: <IconTrash size={14} />,
  merged: <IconGitMerge size={14} />,
  unmerged: <IconGitMerge size={14} />,
};

function Composer({ entity, id }: { readonly entity: Entity; readonly id: number }) {
  const text = useText();
  const words = text.activity;
  const [what, setWhat] = useState<"note" | "task">("note");
  const [note, setNote] = useState("");
  const create = useSend("createNote", { refresh: [operations[entity]], onDone: () => setNote("") });
  return (
    <Paper withBorder p="sm" radius="md">
      <SegmentedControl
        size="xs"
        mb="xs"
        value={what}
        onChange={(value) => setWhat(value as "note" | "task")}
        aria-label={text.common.actions.add}
        data={[
          { value: "note", label: words.note },
          { value: "task", label: words.task },
        ]}
      />
      {what === "task" ? (
        <TaskForm on={{ entity, id }} onDone={() => setWhat("note")} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (note.trim() !== "" && !create.isPending) create.mutate({ body: { [entity]: id, text: note.trim() } as never });
          }}
        >
          <Textarea
            aria-label={words.note}
            placeholder={words.noteHint}
            autosize
            minRows={2}
            maxRows={12}
            value={note}
            // What was typed after it was sent would go with it.
            readOnly={create.isPending}
            onChange={({ currentTarget }) => setNote(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
            error={create.error && inWords(create.error, text)}
          />
          <Group justify="flex-end" mt="xs">
            <Button type="submit" size="xs" loading={create.isPending} disabled={note.trim() === ""}>
              {words.addNote}
            </Button>
          </Group>
        </form>
      )}
    </Paper>
  );
}

function EntryLine({ entry, on }: { readonly entry: TimelineEntry; readonly on: { readonly entity: Entity; readonly id: number } }) {
  const text = useText();
  const words = text.activity;
  const actor = useActor();
  const may = useMay();
  const elsewhere = entry.deal !== null && !(on.entity === "deal" && on.id === entry.deal);
  return (
    <div>
      <Group gap={6} wrap="wrap">
        <Text span size="sm" fw={600}>
          {words.kinds[entry.kind] ?? entry.kind}
        </Text>
        {elsewhere && (
          <Link to="/deals/$id" params={{ id: String(entry.deal) }}>
            <Text span size="sm">
              {text.common.entities.deal} #{entry.deal}
            </Text>
          </Link>
        )}
        <Text span size="xs" c="dimmed">
          {actor(entry.actor)} · <When at={entry.at} />
        </Text>
        {entry.key !== null && may("hub:read") && (
          <Tooltip label={words.whence}>
            <LinkIcon size="xs" color="gray" aria-label={words.whence} to="/journal" search={{ q: entry.key.split(":")[0] }}>
              <IconRouteAltLeft size={13} />
            </LinkIcon>
          </Tooltip>
        )}
      </Group>
      {entry.note && (
        <Paper withBorder p="xs" mt={4} radius="md" className="note">
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {entry.note.text}
          </Text>
        </Paper>
      )}
      {entry.task && (
        <Text size="sm" td={entry.task.done ? "line-through" : undefined}>
          {entry.task.title}
          {entry.task.result ? ` — ${entry.task.result}` : ""}
        </Text>
      )}
      {entry.call && <CallLine call={entry.call} />}
      <ChangeLines entry={entry} />
    </div>
  );
}
