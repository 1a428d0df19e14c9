import { ActionIcon, Menu, Text, Title, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowLeft,
  IconArrowsMaximize,
  IconCircleCheck,
  IconDotsVertical,
  IconLayoutSidebarRight,
  IconUser,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Conversation } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { LinkIcon, LinkItem } from "../../ui/links.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import style from "./inbox.module.css";
import { ClientAvatar, nameOf } from "./network.tsx";
import { OwnerMenu } from "./OwnerMenu.tsx";
import { useChangeConversation } from "./use-change.ts";

/** Who it is with, by which channel, who answers, and whether it is done. */
export function ConversationHead({
  conversation,
  onBack,
  onAbout,
  isInside = false,
  isTitle = false,
}: {
  readonly conversation: Conversation;
  readonly onBack?: () => void;
  readonly onAbout?: () => void;
  readonly isInside?: boolean;
  readonly isTitle?: boolean;
}) {
  const text = useText();
  const words = useInboxText();
  const may = useMay();
  const change = useChangeConversation(conversation.id);
  const { client, channel_name, network, is_open, contact } = conversation;
  const name = nameOf(conversation, words.noName);
  const phone = client.phone === null || client.name === "" ? "" : formatPhone(client.phone);
  const closing = is_open ? words.header.close : words.header.reopen;
  const inInbox = {
    to: "/inbox/$id",
    params: { id: String(conversation.id) },
    search: is_open ? {} : { state: "any" },
  } as const;
  return (
    <header className={style["head"]}>
      {onBack && (
        <ActionIcon size={36} color="gray" aria-label={words.back} onClick={onBack}>
          <IconArrowLeft size={20} />
        </ActionIcon>
      )}
      <ClientAvatar of={conversation} size={38} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Title order={isTitle ? 1 : 2} size="md" fw={600} lh="24px" className={style["title"]}>
          {contact === null || isInside ? (
            name
          ) : (
            <Link
              to="/contacts/$id"
              params={{ id: String(contact) }}
              style={{ color: "inherit", display: "block" }}
              className={style["title"]}
            >
              {name}
            </Link>
          )}
        </Title>
        <Text size="xs" c="dimmed" truncate>
          {[channel_name || network, phone, client.username === null ? "" : `@${client.username}`]
            .filter((part) => part !== "")
            .join(" · ")}
          {!isInside && <DealOf conversation={conversation} />}
        </Text>
      </div>
      {may("crm:write") && (
        <>
          <OwnerMenu conversation={conversation} />
          <Tooltip label={closing}>
            <ActionIcon
              size={30}
              variant="default"
              className={style["roomy"]}
              aria-label={closing}
              loading={change.isPending}
              onClick={() => change.save({ open: !is_open })}
            >
              {is_open ? <IconCircleCheck size={16} /> : <IconArrowBackUp size={16} />}
            </ActionIcon>
          </Tooltip>
        </>
      )}
      {isInside && (
        <Tooltip label={words.write.whole}>
          <LinkIcon size={32} color="gray" className={style["roomy"]} aria-label={words.write.whole} {...inInbox}>
            <IconArrowsMaximize size={17} />
          </LinkIcon>
        </Tooltip>
      )}
      {onAbout && (
        <Tooltip label={words.header.about}>
          <ActionIcon size={32} color="gray" className={style["roomy"]} aria-label={words.header.about} onClick={onAbout}>
            <IconLayoutSidebarRight size={18} />
          </ActionIcon>
        </Tooltip>
      )}
      <Menu withInitialFocusPlaceholder={false} position="bottom-end">
        <Menu.Target>
          <ActionIcon size={32} color="gray" className={style["narrow"]} aria-label={text.common.actions.actions}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onAbout && (
            <Menu.Item leftSection={<IconUser size={16} />} onClick={onAbout}>
              {words.header.about}
            </Menu.Item>
          )}
          {isInside && (
            <LinkItem leftSection={<IconArrowsMaximize size={16} />} {...inInbox}>
              {words.write.whole}
            </LinkItem>
          )}
          {may("crm:write") && (
            <Menu.Item
              leftSection={is_open ? <IconCircleCheck size={16} /> : <IconArrowBackUp size={16} />}
              onClick={() => change.save({ open: !is_open })}
            >
              {closing}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </header>
  );
}

function DealOf({ conversation: { deal } }: { readonly conversation: Conversation }) {
  const text = useText();
  const found = useAsk("getDeal", { path: { id: deal ?? 0 } }, { enabled: deal !== null });
  if (deal === null) return null;
  return (
    <>
      {" · "}
      <Link to="/deals/$id" params={{ id: String(deal) }} style={{ textDecoration: "underline" }}>
        {found.data?.name || `${text.common.entities.deal} #${deal}`}
      </Link>
    </>
  );
}
