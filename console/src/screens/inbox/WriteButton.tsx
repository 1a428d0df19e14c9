import { Button, Menu, Text } from "@mantine/core";
import { IconMessagePlus } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import type { BodyOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Channel, Contact } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { When } from "../../ui/format.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { tellProblem, Waiting } from "../../ui/problem.tsx";
import { NetworkIcon } from "./network.tsx";
import { type TalksOf, useTalks } from "./use-talks.ts";

/** Writes to a client: goes on with a conversation there is, or begins one in a channel that can write first. */
export function WriteButton({ of }: { readonly of: TalksOf }) {
  const words = useInboxText().write;
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  if (!may("crm:write")) return null;
  return (
    <Menu
      withInitialFocusPlaceholder={false}
      position="bottom-end"
      opened={isOpen}
      onChange={setOpen}
      width={290}
      styles={{ itemLabel: { minWidth: 0 } }}
    >
      <Menu.Target>
        <Button size="xs" leftSection={<IconMessagePlus size={15} />}>
          {words.button}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{isOpen && <Choice of={of} />}</Menu.Dropdown>
    </Menu>
  );
}

function Choice({ of }: { readonly of: TalksOf }) {
  const text = useText();
  const words = useInboxText().write;
  const navigate = useNavigate();
  const talks = useTalks(of);
  const channels = useAsk("listChannels");
  const contact = useAsk("getContact", { path: { id: of.contact ?? 0 } }, { enabled: of.contact !== undefined });
  const open = (id: number): void =>
    void navigate({ to: ".", search: (before: object) => ({ ...before, talk: id }) as never, replace: true });
  const begin = useSend("beginConversation", { refresh: ["listConversations"], onDone: ({ id }) => open(id) });
  if (!talks || !channels.data || (of.contact !== undefined && contact.isPending)) return <Waiting />;
  // Where they are written to already, one goes on.
  const isKnown = ({ channel, to }: Way): boolean =>
    talks.some((one) => one.channel === channel.id && one.client.phone !== null && one.client.phone === to?.body.phone);
  const firsts = channels.data.items.flatMap((channel) => waysOf(channel, contact.data)).filter((way) => !isKnown(way));
  if (talks.length === 0 && firsts.length === 0)
    return (
      <Text size="sm" c="dimmed" p="xs">
        {words.none}
      </Text>
    );
  return (
    <>
      <Part title={words.existing}>
        {talks.map((one) => (
          <Menu.Item key={one.id} leftSection={<NetworkIcon network={one.network} size={16} />} onClick={() => open(one.id)}>
            <Text size="sm" truncate>
              {one.channel_name || one.network}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              <When at={one.last_message_at ?? one.created_at} /> {one.preview?.text}
            </Text>
          </Menu.Item>
        ))}
      </Part>
      <Part title={words.first}>
        {firsts.map(({ channel, to }) => (
          <Menu.Item
            key={`${channel.id} ${to?.shown ?? ""}`}
            disabled={!to || !channel.is_active || begin.isPending}
            closeMenuOnClick={false}
            onClick={() =>
              to &&
              begin.mutate(
                {
                  body: { channel: channel.id, ...to.body, ...(of.contact && { contact: of.contact }), ...(of.deal && { deal: of.deal }) },
                },
                { onError: (error) => tellProblem(error, text) },
              )
            }
          >
            <Text size="sm" truncate>
              {channel.name}
            </Text>
            <Text size="xs" c="dimmed">
              {!channel.is_active ? words.off : (to?.shown ?? (channel.writes_first_by === "phone" ? words.noPhone : words.noUsername))}
            </Text>
          </Menu.Item>
        ))}
      </Part>
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  const id = useId();
  if (children.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a menu is no set of fields
    <div role="group" aria-labelledby={id}>
      <Text id={id} size="xs" c="dimmed" fw={600} px="sm" py={4}>
        {title}
      </Text>
      {children}
    </div>
  );
}

interface Way {
  readonly channel: Channel;
  /** Undefined: the contact has nothing to be found by there. */
  readonly to?: { readonly shown: string; readonly body: Pick<BodyOf<"beginConversation">, "phone" | "username"> };
}

/** By each of the contact's phones or names that the channel can find them by. */
function waysOf(channel: Channel, contact: Contact | undefined): Way[] {
  if (channel.writes_first_by === null) return [];
  const found =
    channel.writes_first_by === "phone"
      ? (contact?.phones ?? []).flatMap(({ e164 }) => (e164 === null ? [] : [{ shown: formatPhone(e164), body: { phone: e164 } }]))
      : (contact?.messengers ?? []).map(({ value }) => ({ shown: value, body: { username: value } }));
  return found.length === 0 ? [{ channel }] : found.map((to) => ({ channel, to }));
}
