import { ActionIcon, Progress, Text } from "@mantine/core";
import { IconFile, IconX } from "@tabler/icons-react";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { inWords } from "../../ui/problem.tsx";
import style from "./inbox.module.css";
import { useBytes } from "./use-bytes.ts";
import type { useFiles } from "./use-files.ts";

/** The files that go with the message, each with how far it is. */
export function Attachments({ files: { items, remove } }: { readonly files: ReturnType<typeof useFiles> }) {
  const text = useText();
  const words = useInboxText().composer;
  const size = useBytes();
  if (items.length === 0) return null;
  return (
    <ul className={style["attachments"]} aria-label={words.attach}>
      {items.map(({ key, name, bytes, picture, share, done, error }) => (
        <li key={key} className={style["attachment"]}>
          {picture ? <img src={picture} alt="" /> : <IconFile size={22} aria-hidden style={{ flex: "none" }} />}
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text size="xs" truncate title={name}>
              {name}
            </Text>
            {error !== undefined ? (
              <Text size="xs" c="red" role="alert" truncate title={inWords(error, text)}>
                {inWords(error, text)}
              </Text>
            ) : done ? (
              <Text size="xs" c="dimmed">
                {size(bytes)}
              </Text>
            ) : (
              <Progress value={share * 100} size="xs" mt={6} aria-label={name} />
            )}
          </div>
          <ActionIcon size="sm" color="gray" aria-label={words.remove(name)} onClick={() => remove(key)}>
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
