import { ActionIcon, Badge, Box, Button, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { IconPhoneIncoming, IconPhoneOutgoing, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useUsers } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay, useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import { dismiss, type Ringing, useRinging } from "./ringing.ts";

/** Who is calling, in the corner of whatever is on the screen while the phone rings. */
export function CallCards() {
  const calls = useRinging();
  const words = useText().calls.card;
  return (
    <Box
      component="section"
      aria-label={words.title}
      aria-live="assertive"
      pos="fixed"
      left={{ base: 8, sm: 16 }}
      right={{ base: 8, sm: "auto" }}
      bottom={16}
      style={{ zIndex: 320 }}
    >
      <Stack gap="sm">
        {calls.map((call) => (
          <CallCard key={call.key} call={call} />
        ))}
      </Stack>
    </Box>
  );
}

function CallCard({ call }: { readonly call: Ringing }) {
  const text = useText();
  const words = text.calls.card;
  const { nameOf } = useUsers();
  const { user } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const { caller } = call;
  useEffect(() => forgetUnlessMine(call.key, call.answered), [call.key, call.answered]);
  // Who took it stands in the call itself: on the screens of all others the card goes.
  const { data: taken } = useAsk(
    "listCalls",
    { query: { phone: call.phone, limit: 1, sort: "-started_at" } },
    { enabled: call.answered, staleTime: 0 },
  );
  const takenBy = taken?.items[0]?.state === "talking" ? taken.items[0].responsible : undefined;
  useEffect(() => {
    if (takenBy !== undefined && takenBy !== null && takenBy !== user?.id) dismiss(call.key);
  }, [takenBy, user?.id, call.key]);
  const tasks = useAsk(
    "listTasks",
    { query: { ...(caller?.deal ? { deal: caller.deal.id } : { contact: caller?.contact ?? 0 }), done: false, limit: 3, sort: "due" } },
    { enabled: caller?.contact !== undefined && caller?.contact !== null },
  );

  const createDeal = useSend("createDeal", {
    onDone: (deal) => void navigate({ to: "/deals/$id", params: { id: String(deal.id) } }),
  });
  const createContact = useSend("createContact");
  async function makeDeal(): Promise<void> {
    try {
      // Made by a try before this one, perhaps, whose deal did not come about.
      const known = caller?.contact ?? createContact.data?.id;
      const contact = known ?? (await createContact.mutateAsync({ body: { name: call.phone, phones: [{ value: call.phone }] } })).id;
      await createDeal.mutateAsync({
        body: {
          name: words.dealName(caller?.name || formatPhone(call.phone)),
          contacts: [{ id: contact }],
          ...(user && { responsible: user.id }),
        },
      });
    } catch (error) {
      tellProblem(error, text);
    }
  }

  const Icon = call.direction === "out" ? IconPhoneOutgoing : IconPhoneIncoming;
  return (
    <Paper withBorder shadow="lg" radius="lg" p="md" w={{ base: "100%", sm: 360 }} data-testid="call-card">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
          <Icon size={26} color={call.answered ? "var(--mantine-color-teal-7)" : "var(--mantine-color-link-6)"} />
          <div style={{ minWidth: 0 }}>
            <Text fw={650} truncate>
              {caller?.contact ? (
                <Link to="/contacts/$id" params={{ id: String(caller.contact) }}>
                  {caller.name || formatPhone(call.phone)}
                </Link>
              ) : (
                caller?.name || words.stranger
              )}
            </Text>
            <Text size="sm" c="dimmed">
              {formatPhone(call.phone)}
              {caller?.company ? ` · ${caller.company}` : ""}
            </Text>
          </div>
        </Group>
        <Tooltip label={text.common.actions.close}>
          <ActionIcon color="gray" onClick={() => dismiss(call.key)} aria-label={text.common.actions.close}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Group gap={6} mt="xs">
        <Badge variant="light" color={call.answered ? "teal" : "link"}>
          {call.answered ? words.talking : call.direction === "out" ? words.dialling : words.ringing}
        </Badge>
        {call.line && (
          <Badge variant="default" tt="none">
            {words.line} {formatPhone(call.line)}
          </Badge>
        )}
        {caller?.responsible && caller.responsible !== user?.id && (
          <Badge variant="default" tt="none">
            {nameOf(caller.responsible)}
          </Badge>
        )}
      </Group>
      {caller?.deal && (
        <Text size="sm" mt="xs" truncate>
          {words.deal}:{" "}
          <Link to="/deals/$id" params={{ id: String(caller.deal.id) }}>
            {caller.deal.name || `#${caller.deal.id}`}
          </Link>
        </Text>
      )}
      {(tasks.data?.items ?? []).map((task) => (
        <Text key={task.id} size="sm" c="dimmed" truncate>
          ☐ {task.title} {task.due && <When at={task.due} />}
        </Text>
      ))}
      <Group gap="xs" mt="sm">
        {caller?.deal ? (
          <Button size="xs" onClick={() => void navigate({ to: "/deals/$id", params: { id: String(caller.deal?.id) } })}>
            {words.openDeal}
          </Button>
        ) : (
          may("crm:write") && (
            <Button size="xs" loading={createDeal.isPending || createContact.isPending} onClick={() => void makeDeal()}>
              {words.makeDeal}
            </Button>
          )
        )}
        {caller?.contact && (
          <Button
            size="xs"
            variant="default"
            onClick={() => void navigate({ to: "/contacts/$id", params: { id: String(caller.contact) } })}
          >
            {text.common.entities.contact}
          </Button>
        )}
      </Group>
    </Paper>
  );
}

const ringsAtMostMs = 3 * 60_000;

/** A call whose end nobody tells of leaves the screen by itself; one that was taken stays until it is closed. */
function forgetUnlessMine(key: string, answered: boolean): (() => void) | undefined {
  if (answered) return undefined;
  const timer = setTimeout(() => dismiss(key), ringsAtMostMs);
  return () => clearTimeout(timer);
}
