import { ActionIcon, Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { usePipelines } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Conversation } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat, When } from "../../ui/format.tsx";
import { PhoneLink } from "../../ui/phone.tsx";
import { RecordPicker } from "../../ui/pickers.tsx";
import { Answered } from "../../ui/problem.tsx";
import { ClientAvatar, nameOf } from "./network.tsx";
import { OwnerMenu } from "./OwnerMenu.tsx";
import { useChangeConversation } from "./use-change.ts";

/** Who the client is: their contact, what they buy, and what else is said with them. */
export function About({ id }: { readonly id: number }) {
  const conversation = useAsk("getConversation", { path: { id } });
  return <Answered of={conversation}>{(found) => <Beside key={found.id} conversation={found as Conversation} />}</Answered>;
}

function Beside({ conversation }: { readonly conversation: Conversation }) {
  const words = useInboxText();
  const may = useMay();
  const { client, network, channel_name, created_at } = conversation;
  return (
    <Stack gap="lg" p="md">
      <Stack align="center" gap={4}>
        <ClientAvatar of={conversation} size={64} />
        <Text fw={650} ta="center" mt={6} style={{ overflowWrap: "anywhere" }}>
          {nameOf(conversation, words.noName)}
        </Text>
        <Text size="sm" c="dimmed" ta="center" component="div" style={{ overflowWrap: "anywhere" }}>
          {client.phone !== null && <PhoneLink phone={client.phone} />}
          {client.username !== null && <div>@{client.username}</div>}
          {client.email !== null && (
            <div>
              <a href={`mailto:${client.email}`}>{client.email}</a>
            </div>
          )}
          {isPage(client.link) && (
            <Anchor href={client.link} target="_blank" rel="noreferrer noopener" size="sm">
              {words.side.link}
            </Anchor>
          )}
        </Text>
        <Text size="xs" c="dimmed" ta="center">
          {channel_name || network} · {words.side.since.toLowerCase()} <When at={created_at} />
        </Text>
      </Stack>
      {may("crm:write") && (
        <Section title={words.side.owner}>
          <OwnerMenu conversation={conversation} isWide />
        </Section>
      )}
      <ContactOf conversation={conversation} />
      <DealOf conversation={conversation} />
      <Others conversation={conversation} />
    </Stack>
  );
}

const isPage = (link: string | null): link is string => link !== null && /^https?:\/\//i.test(link);

function Section({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mih={26} mb={4}>
        <Text size="xs" fw={600} c="dimmed" component="h3">
          {title}
        </Text>
        {aside}
      </Group>
      {children}
    </section>
  );
}

/** A record that the conversation is tied to, or a field to find one by. */
function Tie({
  entity,
  conversation,
  title,
  none,
  tie,
  name,
  children,
}: {
  readonly entity: "contact" | "deal";
  readonly conversation: Conversation;
  readonly title: string;
  readonly none: string;
  readonly tie: string;
  readonly name: string;
  readonly children: ReactNode;
}) {
  const words = useInboxText().side;
  const may = useMay();
  const change = useChangeConversation(conversation.id);
  const [isChanging, setChanging] = useState(false);
  const tied = conversation[entity];
  const pencil = may("crm:write") && tied !== null && (
    <ActionIcon
      size="sm"
      color="gray"
      aria-label={`${words.change}: ${title}`}
      aria-expanded={isChanging}
      onClick={() => setChanging(!isChanging)}
    >
      <IconPencil size={14} />
    </ActionIcon>
  );
  return (
    <Section title={title} aside={pencil}>
      {tied !== null && children}
      {tied === null && !may("crm:write") && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      {may("crm:write") && (tied === null || isChanging) && (
        <RecordPicker
          entity={entity}
          label={tied === null ? none : words.change}
          placeholder={tie}
          value={tied === null ? null : { id: tied, name }}
          onChange={(picked) => {
            setChanging(false);
            change.save({ [entity]: picked?.id ?? null });
          }}
        />
      )}
    </Section>
  );
}

function ContactOf({ conversation }: { readonly conversation: Conversation }) {
  const words = useInboxText().side;
  const id = conversation.contact;
  const { data: contact } = useAsk("getContact", { path: { id: id ?? 0 } }, { enabled: id !== null });
  const name = contact?.full_name || `#${id}`;
  return (
    <Tie entity="contact" conversation={conversation} title={words.contact} none={words.noContact} tie={words.tieContact} name={name}>
      <Stack gap={2} mb={6}>
        <Link to="/contacts/$id" params={{ id: String(id) }} style={{ fontWeight: 550, overflowWrap: "anywhere" }}>
          {name}
        </Link>
        {contact?.position && (
          <Text size="xs" c="dimmed">
            {contact.position}
          </Text>
        )}
        {contact?.phones.map((phone) => (
          <Text key={phone.value} size="sm" component="div">
            <PhoneLink phone={phone.e164 ?? phone.value} />
          </Text>
        ))}
        {contact?.emails.map((email) => (
          <Text key={email.value} size="sm" style={{ overflowWrap: "anywhere" }}>
            <a href={`mailto:${email.value}`}>{email.value}</a>
          </Text>
        ))}
        {contact && contact.tags.length > 0 && (
          <Group gap={4} mt={2}>
            {contact.tags.map((tag) => (
              <Badge key={tag} size="sm" variant="light" color="gray" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        )}
      </Stack>
    </Tie>
  );
}

const colours = { incoming: "gray", open: "link", won: "teal", lost: "red" } as const;

function DealOf({ conversation }: { readonly conversation: Conversation }) {
  const text = useText();
  const words = useInboxText().side;
  const format = useFormat();
  const { stageOf } = usePipelines();
  const id = conversation.deal;
  const { data: deal } = useAsk("getDeal", { path: { id: id ?? 0 } }, { enabled: id !== null });
  const name = deal?.name || `${text.common.entities.deal} #${id}`;
  return (
    <Tie entity="deal" conversation={conversation} title={words.deal} none={words.noDeal} tie={words.tieDeal} name={name}>
      <Stack gap={4} mb={6}>
        <Link to="/deals/$id" params={{ id: String(id) }} style={{ fontWeight: 550, overflowWrap: "anywhere" }}>
          {name}
        </Link>
        {deal && (
          <Group gap={8}>
            <Badge variant="light" color={colours[deal.state]} tt="none">
              {stageOf(deal.stage)?.name}
            </Badge>
            {deal.sum !== null && <Text size="sm">{format.money(deal.sum, deal.currency)}</Text>}
          </Group>
        )}
      </Stack>
    </Tie>
  );
}

function Others({ conversation: { id, contact } }: { readonly conversation: Conversation }) {
  const words = useInboxText();
  const { data } = useAsk("listConversations", { query: { contact: contact ?? 0, limit: 20 } }, { enabled: contact !== null });
  const others = (data?.items ?? []).filter((one) => one.id !== id);
  if (contact === null || others.length === 0) return null;
  return (
    <Section title={words.side.others}>
      <Stack gap={6}>
        {others.map((one) => (
          <Group key={one.id} gap={6} wrap="nowrap" justify="space-between">
            <Text size="sm" truncate>
              <Link
                to="/inbox/$id"
                params={{ id: String(one.id) }}
                search={(before: object) => before as never}
                style={{ textDecoration: "underline" }}
              >
                {one.channel_name || one.network}
              </Link>{" "}
              <Text span size="xs" c="dimmed">
                {one.preview?.text}
              </Text>
            </Text>
            <Text size="xs" c="dimmed" style={{ flex: "none" }}>
              {!one.is_open && `${words.closed} · `}
              <When at={one.last_message_at ?? one.created_at} />
            </Text>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
