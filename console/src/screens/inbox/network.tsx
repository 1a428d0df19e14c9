import { Avatar } from "@mantine/core";
import { IconBrandTelegram, IconBrandVk, IconBrandWhatsapp, IconMessageCircle } from "@tabler/icons-react";
import type { Conversation } from "../../data/shapes.ts";
import { formatPhone } from "../../ui/phone.tsx";
import style from "./inbox.module.css";

/** How a client and their messenger look. */

const icons: Readonly<Record<string, typeof IconMessageCircle>> = {
  telegram: IconBrandTelegram,
  whatsapp: IconBrandWhatsapp,
  vk: IconBrandVk,
};

export function NetworkIcon({ network, size = 14 }: { readonly network: string; readonly size?: number }) {
  const Icon = icons[Object.keys(icons).find((name) => network.toLowerCase().includes(name)) ?? ""] ?? IconMessageCircle;
  return <Icon size={size} stroke={1.8} aria-hidden />;
}

/** What to call the client: what the channel calls them, or what else is known. */
export const nameOf = ({ client }: Pick<Conversation, "client">, noName: string): string =>
  client.name ||
  (client.phone === null ? "" : formatPhone(client.phone)) ||
  (client.username === null ? "" : `@${client.username}`) ||
  noName;

/** Their words on their own tint keep a contrast of 4.5 : 1. */
const tints = ["blue", "teal", "grape", "orange", "green", "link"] as const;
const tintOf = (name: string): (typeof tints)[number] => {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return tints[sum % tints.length] ?? "blue";
};

export function ClientAvatar({ of, size = 42 }: { readonly of: Pick<Conversation, "client" | "network">; readonly size?: number }) {
  const name = nameOf(of, "?");
  const letters = /\p{L}/u.test(name) ? (name.match(/(?<!\p{L})\p{L}/gu) ?? []).slice(0, 2).join("").toUpperCase() : null;
  return (
    <span className={style.avatar} aria-hidden>
      <Avatar src={of.client.avatar} size={size} radius="xl" color={tintOf(name)} variant="light" alt="">
        {letters}
      </Avatar>
      <span className={style.network}>
        <NetworkIcon network={of.network} />
      </span>
    </span>
  );
}
