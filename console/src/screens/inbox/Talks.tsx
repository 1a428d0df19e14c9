import { Paper, Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";
import { Empty, Waiting } from "../../ui/problem.tsx";
import { Conversation } from "./Conversation.tsx";
import style from "./inbox.module.css";
import { nameOf } from "./network.tsx";
import { type TalksOf, useTalks } from "./use-talks.ts";

/** What is written with a client, on their own page or on that of the deal. */
export function Talks({ of }: { readonly of: TalksOf }) {
  const words = useInboxText();
  const format = useFormat();
  const navigate = useNavigate();
  const { talk } = useSearch({ strict: false }) as { talk?: number | "latest" };
  const talks = useTalks(of);
  const chosen = typeof talk === "number" ? talk : talks?.[0]?.id;
  const place = useRef<HTMLDivElement>(null);
  // On a phone it stands below everything else: whoever wants to write is taken there.
  useEffect(() => {
    const top = place.current?.getBoundingClientRect().top ?? 0;
    if (chosen !== undefined && top > window.innerHeight / 2) place.current?.scrollIntoView({ block: "start" });
  }, [chosen]);
  if (!talks && chosen === undefined) return <Waiting />;
  if (chosen === undefined) return <Empty title={words.write.noTalks}>{words.write.noTalksText}</Empty>;
  return (
    <>
      {talks && talks.length > 1 && (
        <Select
          mb="xs"
          size="sm"
          aria-label={words.write.whom}
          allowDeselect={false}
          value={String(chosen)}
          onChange={(next) =>
            void navigate({ to: ".", search: (before: object) => ({ ...before, talk: Number(next) }) as never, replace: true })
          }
          data={talks.map((one) => ({
            value: String(one.id),
            label: [
              one.channel_name || one.network,
              nameOf(one, words.noName),
              format.short(one.last_message_at ?? one.created_at),
              ...(one.unread > 0 ? [words.unread(one.unread)] : []),
              ...(one.is_open ? [] : [words.closed]),
            ].join(" · "),
          }))}
        />
      )}
      <Paper withBorder radius="md" className={style["sheet"]} ref={place}>
        <Conversation key={chosen} id={chosen} isInside />
      </Paper>
    </>
  );
}
