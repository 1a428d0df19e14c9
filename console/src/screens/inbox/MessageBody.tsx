import { Text } from "@mantine/core";
import { IconMapPin, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Message } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { PhoneLink } from "../../ui/phone.tsx";
import { Files } from "./Files.tsx";
import style from "./inbox.module.css";
import { piecesOf } from "./links.ts";

/** What a message says: its files, its place or card, its words; and beside the last of them, when it was said. */
export function MessageBody({
  message: { kind, text, files, content },
  foot,
}: {
  readonly message: Pick<Message, "kind" | "text" | "files" | "content">;
  readonly foot: ReactNode;
}) {
  const words = useInboxText();
  const isEmpty = text === "" && files.length === 0;
  return (
    <>
      {files.length > 0 && <Files files={files} />}
      {kind === "location" ? (
        <Place content={content} />
      ) : kind === "contact" ? (
        <Card content={content} />
      ) : (
        isEmpty && (
          <Text size="sm" fs="italic" c="dimmed">
            {kind === "template" ? templateName(content, words.kinds["template"] ?? "") : words.kinds[kind]}
          </Text>
        )
      )}
      {kind === "template" && text !== "" && (
        <Text size="xs" c="dimmed">
          {words.kinds["template"]}
        </Text>
      )}
      <div className={style["last"]}>
        {text !== "" && <Words text={text} />}
        {foot}
      </div>
    </>
  );
}

const onlyEmoji = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*){1,3}$/u;

/** As it was written: no marks are read into it, and addresses can be opened. */
function Words({ text }: { readonly text: string }) {
  if (onlyEmoji.test(text)) return <div className={style["emoji"]}>{text}</div>;
  return (
    <div className={style["text"]}>
      {piecesOf(text).map(({ text, href }, place) =>
        href === undefined ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text do not change places
          <a key={place} href={href} target="_blank" rel="noreferrer noopener nofollow">
            {text}
          </a>
        ),
      )}
    </div>
  );
}

const said = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

function Place({ content }: { readonly content: Message["content"] }) {
  const words = useInboxText();
  const of = content ?? {};
  const [latitude, longitude] = [Number(of["latitude"] ?? of["lat"]), Number(of["longitude"] ?? of["lon"] ?? of["lng"])];
  const isKnown = Number.isFinite(latitude) && Number.isFinite(longitude);
  const named = [said(of["name"]), said(of["address"])].filter((part) => part !== "");
  return (
    <div className={style["file"]}>
      <span className={style["fileIcon"]}>
        <IconMapPin size={20} aria-hidden />
      </span>
      <span style={{ minWidth: 0 }}>
        <Text size="sm" fw={550}>
          {named.join(", ") || words.kinds["location"]}
        </Text>
        {isKnown && (
          <Text size="xs" td="underline">
            <a
              href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
              target="_blank"
              rel="noreferrer noopener"
            >
              {words.files.onMap}
            </a>{" "}
            ·{" "}
            <a href={`geo:${latitude},${longitude}`}>
              {latitude.toFixed(5)}, {longitude.toFixed(5)}
            </a>
          </Text>
        )}
      </span>
    </div>
  );
}

function Card({ content }: { readonly content: Message["content"] }) {
  const words = useInboxText();
  const of = content ?? {};
  const phones = [of["phones"], of["phone"]].flat().flatMap((one) => (said(one) === "" ? [] : [said(one)]));
  return (
    <div className={style["file"]}>
      <span className={style["fileIcon"]}>
        <IconUser size={20} aria-hidden />
      </span>
      <span style={{ minWidth: 0 }}>
        <Text size="sm" fw={550}>
          {said(of["name"]) || words.kinds["contact"]}
        </Text>
        {phones.map((phone) => (
          <Text key={phone} size="sm" component="div">
            <PhoneLink phone={phone} />
          </Text>
        ))}
      </span>
    </div>
  );
}

const templateName = (content: Message["content"], word: string): string => {
  const name = said(content?.["name"]);
  return name === "" ? word : `${word}: ${name}`;
};
