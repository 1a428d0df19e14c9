import { Button, Group, Paper, Progress, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useAsk, usePages, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { When } from "../../ui/format.tsx";
import { type Column, ListTable } from "../../ui/list-table.tsx";
import { Empty, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { type DeliveryState, StateBadge } from "../journal/badges.tsx";

type Delivery = ItemOf<"listDeliveries">;
type Cause = ItemOf<"listDeliveryCauses">;
const states = ["waiting", "held", "parked", "failed", "done", "skipped"] as const;

/** What is being done, and what stands in the way: by cause, so that three hundred failures of one kind are one thing to mend. */
export function Deliveries() {
  const text = useText();
  const words = text.deliveries;
  const { state } = useSearch({ strict: false }) as { state?: DeliveryState };
  const navigate = useNavigate();
  const connections = useAsk("listConnections", { query: { limit: 250 } }, { staleTime: 60_000 });
  const flowTitle = useFlowTitles();
  const nameOf = (id: number): string => connections.data?.items.find((each) => each.id === id)?.name ?? `#${id}`;
  const pages = usePages("listDeliveries", { query: { limit: 50, ...(state && { state }) } }, { keep: true });
  const columns: Column<Delivery>[] = [
    {
      id: "when",
      label: words.when,
      width: 130,
      render: (delivery) => (
        <Link to="/journal/$id" params={{ id: delivery.journal }}>
          <When at={delivery.created_at} long />
        </Link>
      ),
    },
    { id: "state", label: words.state, width: 120, render: (delivery) => <StateBadge state={delivery.state} /> },
    { id: "flow", label: words.flow, width: 220, render: (delivery) => flowTitle(delivery.flow) },
    { id: "target", label: words.target, width: 160, render: (delivery) => nameOf(delivery.target) },
    { id: "detail", label: words.detail, width: 380, render: (delivery) => delivery.detail },
  ];
  return (
    <Screen title={words.title} wide>
      <Stack>
        <Causes />
        <Group justify="space-between">
          <Text fw={600} component="h2">
            {words.all}
          </Text>
          <SegmentedControl
            size="xs"
            value={state ?? ""}
            aria-label={words.state}
            onChange={(value) => void navigate({ to: "/deliveries", search: value === "" ? {} : { state: value }, replace: true })}
            data={[{ value: "", label: text.common.all }, ...states.map((value) => ({ value, label: text.journal.states[value] }))]}
          />
        </Group>
        <ListTable
          label={words.title}
          columns={columns}
          pages={pages}
          idOf={(delivery: Delivery) => delivery.id}
          empty={<Empty title={words.empty} />}
          above={260}
        />
      </Stack>
    </Screen>
  );
}

function useFlowTitles(): (flow: string) => string {
  const language = useLanguage();
  const routes = useAsk("listRoutes", {}, { staleTime: 300_000 });
  return (flow) => routes.data?.flows.find(({ name }) => name === flow)?.title[language] ?? flow;
}

function Causes() {
  const text = useText();
  const words = text.deliveries;
  const causes = useAsk("listDeliveryCauses", {}, { refetchInterval: 30_000 });
  const items = causes.data?.items ?? [];
  if (causes.data && items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.noCauses}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <Text fw={600} component="h2">
        {words.causes}
      </Text>
      {items.map((cause) => (
        <CauseCard key={`${cause.state} ${cause.flow} ${cause.target} ${cause.cause}`} cause={cause} />
      ))}
    </Stack>
  );
}

function CauseCard({ cause }: { readonly cause: Cause }) {
  const text = useText();
  const words = text.deliveries;
  const may = useMay();
  const flowTitle = useFlowTitles();
  const [job, setJob] = useState<string>();
  const bulk = useSend("bulkDeliveries", {
    refresh: ["listDeliveryCauses", "listDeliveries", "listConnections"],
    onDone: ({ id }) => setJob(id),
  });
  async function all(action: "retry" | "skip"): Promise<void> {
    const count = words.count(cause.count);
    const question = action === "retry" ? words.retryConfirm(count) : words.skipConfirm(count);
    const yes = action === "retry" ? words.retryAll : words.skipAll;
    if (!(await confirm(question, { yes, no: text.common.actions.cancel, danger: action === "skip" }))) return;
    bulk.mutate(
      { body: { action, filter: { state: cause.state, flow: cause.flow, target: cause.target, cause: cause.cause } } },
      { onError: (error) => tellProblem(error, text) },
    );
  }
  return (
    <Paper withBorder p="sm" radius="md">
      <Group justify="space-between" align="flex-start">
        <div style={{ flex: "1 1 320px", minWidth: 0 }}>
          <Group gap="xs">
            <StateBadge state={cause.state} />
            <Text size="sm" fw={600}>
              {words.count(cause.count)}
            </Text>
            <Text size="sm" c="dimmed">
              {flowTitle(cause.flow)} → {cause.target_name ?? `#${cause.target}`}
            </Text>
          </Group>
          <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
            {cause.example ?? cause.cause}
          </Text>
          <Text size="xs" c="dimmed">
            {words.since} <When at={cause.first_at} long />, {words.latest} <When at={cause.last_at} long />
          </Text>
        </div>
        {may("hub:write") && (
          <Group gap={6}>
            <Button size="xs" variant="light" loading={bulk.isPending} onClick={() => void all("retry")}>
              {words.retryAll}
            </Button>
            <Button size="xs" variant="default" onClick={() => void all("skip")}>
              {words.skipAll}
            </Button>
          </Group>
        )}
      </Group>
      {job !== undefined && <JobLine id={job} onOver={() => setJob(undefined)} />}
    </Paper>
  );
}

function JobLine({ id, onOver }: { readonly id: string; readonly onOver: () => void }) {
  const words = useText().deliveries;
  const job = useAsk("getJob", { path: { id } }, { refetchInterval: 1000 });
  const cancel = useSend("cancelJob", { refresh: ["getJob"], onDone: onOver });
  if (job.data?.state !== "running") return null;
  return (
    <Group mt="xs" gap="xs">
      <Progress value={job.data.total === 0 ? 0 : (100 * job.data.done) / job.data.total} flex={1} aria-label={words.retryAll} />
      <Text size="xs">{words.progress(job.data.done, job.data.total)}</Text>
      <Button size="compact-xs" variant="subtle" onClick={() => cancel.mutate({ path: { id } })}>
        {words.cancel}
      </Button>
    </Group>
  );
}
