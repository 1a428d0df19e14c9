import { Anchor, Modal, Text } from "@mantine/core";
import { IconAlertTriangle, IconDownload, IconFile, IconHourglassLow } from "@tabler/icons-react";
import { useState } from "react";
import type { MessageFile } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import style from "./inbox.module.css";
import { useBytes } from "./use-bytes.ts";

/** The files of a message, each as what it is: a picture, a film, a sound, or something to fetch. */
export function Files({ files }: { readonly files: readonly MessageFile[] }) {
  const pictures = files.filter((file) => file.kind === "picture" && file.url !== null);
  return (
    <>
      {pictures.length > 0 && (
        <div className={style["pictures"]} data-many={pictures.length > 1 || undefined}>
          {pictures.map((file, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the files of one message do not change places
            <Picture key={place} file={file} />
          ))}
        </div>
      )}
      {files
        .filter((file) => !pictures.includes(file))
        .map((file, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the files of one message do not change places
          <Other key={place} file={file} />
        ))}
    </>
  );
}

function Picture({ file }: { readonly file: MessageFile }) {
  const words = useInboxText();
  const [isOpen, setOpen] = useState(false);
  const name = file.name ?? words.kinds["picture"] ?? "";
  const url = file.url ?? "";
  return (
    <>
      <button type="button" className={style["picture"]} onClick={() => setOpen(true)} aria-label={`${words.files.open}: ${name}`}>
        <img src={url} alt={name} loading="lazy" decoding="async" />
      </button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} size="auto" title={name} className={style["full"]}>
        <img src={url} alt={name} />
        <Text size="sm" ta="center" mt="sm">
          <Anchor href={url} download={file.name ?? true} target="_blank" rel="noreferrer">
            {words.files.download}
          </Anchor>
        </Text>
      </Modal>
    </>
  );
}

function Other({ file }: { readonly file: MessageFile }) {
  const words = useInboxText();
  const { kind, url } = file;
  if (url === null || kind === "file" || kind === "picture") return <Plain file={file} />;
  const label = file.name ?? words.kinds[kind];
  switch (kind) {
    case "sticker":
      return (
        <span className={style["sticker"]}>
          <img src={url} alt={words.kinds["sticker"]} loading="lazy" />
        </span>
      );
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what a client has filmed
        <video className={style["film"]} src={url} controls preload="metadata" aria-label={label} />
      );
    default:
      return (
        <>
          {kind === "audio" && file.name !== null && <Text size="sm">{file.name}</Text>}
          {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what a client has said */}
          <audio className={style["player"]} src={url} controls preload="metadata" aria-label={label} />
        </>
      );
  }
}

/** Something to fetch; or what is not there yet, or never will be, and why. */
function Plain({ file: { kind, name, bytes, url, error, is_risky } }: { readonly file: MessageFile }) {
  const words = useInboxText();
  const size = useBytes();
  const label = name ?? words.kinds[kind] ?? "";
  const Icon = is_risky ? IconAlertTriangle : url !== null ? IconFile : error === null ? IconHourglassLow : IconAlertTriangle;
  return (
    <div className={style["file"]}>
      <span className={style["fileIcon"]} data-risky={is_risky || undefined}>
        <Icon size={20} aria-hidden />
      </span>
      <span style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} lineClamp={2}>
          {url === null ? (
            label
          ) : (
            <Anchor href={url} download={name ?? true} target="_blank" rel="noreferrer" inherit>
              {label}
            </Anchor>
          )}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {url !== null ? (
            <>
              {bytes !== null && size(bytes)} <IconDownload size={12} aria-hidden style={{ verticalAlign: -2 }} />
            </>
          ) : error === null ? (
            words.files.copying
          ) : (
            `${words.files.noCopy}: ${error}`
          )}
        </Text>
        {is_risky && <div className={style["warning"]}>{words.files.risky}</div>}
      </span>
    </div>
  );
}
