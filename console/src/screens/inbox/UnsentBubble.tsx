import { Group } from "@mantine/core";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";
import { inWords } from "../../ui/problem.tsx";
import { ActionLink } from "./Bubble.tsx";
import style from "./inbox.module.css";
import { MessageBody } from "./MessageBody.tsx";
import { StateMark } from "./MessageState.tsx";
import type { Outbox } from "./outbox.ts";
import type { Unsent } from "./unsent.ts";

/** A message that the hub has not taken yet, or has refused: its words are not lost. */
export function UnsentBubble({
  unsent: { key, body, files, at, state, error },
  outbox,
  onEdit,
}: {
  readonly unsent: Unsent;
  readonly outbox: Outbox;
  readonly onEdit: (text: string) => void;
}) {
  const text = useText();
  const words = useInboxText().message;
  const format = useFormat();
  const isStopped = state === "stopped";
  return (
    <article className={style["message"]} data-out data-first data-last data-testid="unsent">
      <div className={style["bubble"]} data-trouble={isStopped || undefined}>
        <MessageBody
          message={{
            kind: body.template ? "template" : (files[0]?.kind ?? "text"),
            text: body.text ?? "",
            files: [...files],
            content: null,
          }}
          foot={
            <div className={style["foot"]}>
              <time dateTime={at}>{format.time(at)}</time>
              <StateMark state={isStopped ? "failed" : "sending"} />
            </div>
          }
        />
        {isStopped && (
          <div className={style["trouble"]} role="alert">
            <strong>{words.notSent}</strong>
            {error !== undefined && <div>{inWords(error, text)}</div>}
            <Group gap="sm">
              <ActionLink label={words.again} onClick={() => outbox.again(key)} />
              {body.text !== undefined && !body.template && (
                <ActionLink
                  label={words.edit}
                  onClick={() => {
                    onEdit(body.text ?? "");
                    outbox.discard(key);
                  }}
                />
              )}
              <ActionLink label={words.discard} onClick={() => outbox.discard(key)} />
            </Group>
          </div>
        )}
      </div>
    </article>
  );
}
