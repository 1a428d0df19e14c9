import { ActionIcon, Popover, Stack, Text, Tooltip } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { usePages } from "../../data/queries.ts";
import type { Entity, TimelineEntry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { ProblemNote, Waiting } from "../../ui/problem.tsx";
import { ChangeLines, useActor } from "./changes.tsx";

const operations = { deal: "dealTimeline", contact: "contactTimeline", company: "companyTimeline" } as const;

/** What one field was before, who changed it and when. */
export function FieldHistory({
  entity,
  id,
  field,
  label,
}: {
  readonly entity: Entity;
  readonly id: number;
  readonly field: string;
  readonly label: string;
}) {
  const text = useText();
  const [opened, setOpened] = useState(false);
  const title = `${text.deals.card.history}: ${label}`;
  return (
    <Popover opened={opened} onChange={setOpened} position="right-start" withArrow trapFocus width={300}>
      <Popover.Target>
        <Tooltip label={title}>
          <ActionIcon size={24} color="gray" aria-label={title} onClick={() => setOpened(!opened)}>
            <IconHistory size={13} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>{opened && <Changes entity={entity} id={id} field={field} />}</Popover.Dropdown>
    </Popover>
  );
}

function Changes({ entity, id, field }: { readonly entity: Entity; readonly id: number; readonly field: string }) {
  const { activity } = useText();
  const actor = useActor();
  const pages = usePages(operations[entity], { path: { id }, query: { limit: 20, field } as never });
  const entries = pages.items as TimelineEntry[];
  if (pages.error) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Waiting />;
  return (
    <Stack gap="xs" mah={320} style={{ overflowY: "auto" }}>
      {entries.length === 0 && <Text size="sm">{activity.nothing}</Text>}
      {entries.map((entry) => (
        <div key={entry.id}>
          <Text size="xs" c="dimmed">
            {actor(entry.actor)} · <When at={entry.at} long />
          </Text>
          <ChangeLines entry={entry} />
        </div>
      ))}
    </Stack>
  );
}
