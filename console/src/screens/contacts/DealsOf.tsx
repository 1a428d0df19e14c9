import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { usePipelines } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay, useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { tellProblem } from "../../ui/problem.tsx";

const colours = { incoming: "gray", open: "link", won: "teal", lost: "red" } as const;

/** The deals of a person or a company, and of a company its people. */
export function DealsOf({ kind, id, name }: { readonly kind: "contact" | "company"; readonly id: number; readonly name: string }) {
  const text = useText();
  const words = text.contacts;
  const format = useFormat();
  const may = useMay();
  const { user } = useSession();
  const { stageOf } = usePipelines();
  const navigate = useNavigate();
  const deals = useAsk("listDealCards", { query: { [kind]: id, limit: 50 } as never });
  const people = useAsk("listContacts", { query: { company: id, limit: 50 } as never }, { enabled: kind === "company" });
  const create = useSend("createDeal", { onDone: (deal) => void navigate({ to: "/deals/$id", params: { id: String(deal.id) } }) });
  return (
    <>
      <Paper withBorder p="md" radius="md">
        <Group justify="space-between" mb="xs">
          <Text fw={600} component="h2">
            {words.deals}
          </Text>
          {may("crm:write") && (
            <Button
              size="compact-xs"
              variant="light"
              leftSection={<IconPlus size={13} />}
              loading={create.isPending}
              onClick={() =>
                create.mutate(
                  {
                    body: {
                      name,
                      ...(kind === "contact" ? { contacts: [{ id }] } : { company: id }),
                      ...(user && { responsible: user.id }),
                    },
                  },
                  { onError: (error) => tellProblem(error, text) },
                )
              }
            >
              {words.newDeal}
            </Button>
          )}
        </Group>
        <Stack gap={6}>
          {deals.data?.items.length === 0 && (
            <Text size="sm" c="dimmed">
              {words.noDeals}
            </Text>
          )}
          {(deals.data?.items ?? []).map((deal) => (
            <Group key={deal.id} justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate>
                <Link to="/deals/$id" params={{ id: String(deal.id) }}>
                  {deal.name || `#${deal.id}`}
                </Link>
              </Text>
              <Group gap={6} wrap="nowrap">
                {deal.sum !== null && <Text size="sm">{format.money(deal.sum, deal.currency)}</Text>}
                <Badge size="sm" variant="light" color={colours[deal.state]} tt="none">
                  {stageOf(deal.stage)?.name}
                </Badge>
              </Group>
            </Group>
          ))}
        </Stack>
      </Paper>
      {kind === "company" && (people.data?.items.length ?? 0) > 0 && (
        <Paper withBorder p="md" radius="md">
          <Text fw={600} component="h2" mb="xs">
            {words.people}
          </Text>
          <Stack gap={4}>
            {people.data?.items.map((contact) => (
              <Group key={contact.id} justify="space-between">
                <Link to="/contacts/$id" params={{ id: String(contact.id) }}>
                  {contact.full_name || `#${contact.id}`}
                </Link>
                <Text size="sm" c="dimmed">
                  {contact.position}
                </Text>
              </Group>
            ))}
          </Stack>
        </Paper>
      )}
    </>
  );
}
