import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { IconUserPlus, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../data/client.ts";
import { useAsk } from "../../data/queries.ts";
import type { Deal } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { PhoneLink } from "../../ui/phone.tsx";
import { RecordPicker } from "../../ui/pickers.tsx";
import { tellProblem } from "../../ui/problem.tsx";

/** The people and the company of a deal, with their phones at hand. */
export function DealPeople({
  deal,
  disabled,
  onSave,
}: {
  readonly deal: Deal;
  readonly disabled: boolean;
  readonly onSave: (changes: Record<string, unknown>) => Promise<boolean>;
}) {
  const text = useText();
  const words = text.deals;
  const [adding, setAdding] = useState<"contact" | "company">();
  const ids = deal.contacts.map(({ id }) => id);
  const people = useAsk("listContacts", { query: { ids: ids.join(","), limit: 250 } }, { enabled: ids.length > 0, keep: true });
  const company = useAsk("getCompany", { path: { id: deal.company ?? 0 } }, { enabled: deal.company !== null });
  const put = (changes: Record<string, unknown>): void => {
    onSave(changes).then(
      () => setAdding(undefined),
      (error: unknown) => tellProblem(error, text),
    );
  };
  const contacts = deal.contacts.map(({ id, is_main }) => ({ id, is_main }));
  return (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">
        {words.fields.contacts}
      </Text>
      {deal.contacts.map(({ id, is_main }) => {
        const contact = people.data?.items.find((each) => each.id === id);
        return (
          <Paper key={id} withBorder p="xs" radius="md">
            <Group justify="space-between" wrap="nowrap" gap={4}>
              <Link to="/contacts/$id" params={{ id: String(id) }} style={{ overflowWrap: "anywhere" }}>
                {contact?.full_name || `#${id}`}
              </Link>
              <Group gap={4} wrap="nowrap">
                {is_main && deal.contacts.length > 1 && (
                  <Badge size="xs" variant="light" tt="none">
                    {words.card.main}
                  </Badge>
                )}
                {!disabled && (
                  <Tooltip label={words.card.removeContact}>
                    <ActionIcon
                      size="xs"
                      color="gray"
                      aria-label={`${words.card.removeContact}: ${contact?.full_name ?? id}`}
                      onClick={() => put({ contacts: contacts.filter((each) => each.id !== id) })}
                    >
                      <IconX size={13} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </Group>
            </Group>
            {contact?.phones.map((phone) => (
              <Text key={phone.value} size="sm" component="div">
                <PhoneLink phone={phone.e164 ?? phone.value} />
              </Text>
            ))}
            {contact?.emails.map((email) => (
              <Text key={email.value} size="sm">
                <a href={`mailto:${email.value}`}>{email.value}</a>
              </Text>
            ))}
          </Paper>
        );
      })}
      {deal.company !== null && (
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            {words.fields.company}:
          </Text>
          <Link to="/companies/$id" params={{ id: String(deal.company) }}>
            {company.data?.name || `#${deal.company}`}
          </Link>
          {!disabled && (
            <ActionIcon
              size="xs"
              color="gray"
              aria-label={`${text.common.actions.remove}: ${words.fields.company}`}
              onClick={() => put({ company: null })}
            >
              <IconX size={13} />
            </ActionIcon>
          )}
        </Group>
      )}
      {adding && (
        <RecordPicker
          entity={adding}
          label={words.fields[adding]}
          value={null}
          onChange={(picked) =>
            picked &&
            put(
              adding === "company"
                ? { company: picked.id }
                : { contacts: [...contacts.filter(({ id }) => id !== picked.id), { id: picked.id }] },
            )
          }
          onCreate={(name) =>
            void send(adding === "company" ? "createCompany" : "createContact", { body: { name } })
              .then(({ id }) => put(adding === "company" ? { company: id } : { contacts: [...contacts, { id }] }))
              .catch((error: unknown) => tellProblem(error, text))
          }
        />
      )}
      {!disabled && !adding && (
        <Group gap="xs">
          <Button size="compact-xs" variant="subtle" leftSection={<IconUserPlus size={14} />} onClick={() => setAdding("contact")}>
            {words.card.addContact}
          </Button>
          {deal.company === null && (
            <Button size="compact-xs" variant="subtle" onClick={() => setAdding("company")}>
              + {words.fields.company}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
