import { Badge, Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { Waiting } from "../../ui/problem.tsx";
import { type TalksOf, useTalks } from "../inbox/use-talks.ts";
import { Feed } from "./Feed.tsx";

// Most pages are opened for what happened.
const Talks = lazy(async () => ({ default: (await import("../inbox/Talks.tsx")).Talks }));

/** What happened with a record, and what is written with its client. The address says which of them one sees. */
export function FeedAndTalks({ entity, id, of }: { readonly entity: "contact" | "deal"; readonly id: number; readonly of: TalksOf }) {
  const text = useText();
  const words = useInboxText();
  const navigate = useNavigate();
  const { talk } = useSearch({ strict: false }) as { talk?: number | "latest" };
  const talks = useTalks(of) ?? [];
  const unread = talks.reduce((sum, one) => sum + one.unread, 0);
  if (talks.length === 0 && talk === undefined) return <Feed entity={entity} id={id} />;
  return (
    <Tabs
      value={talk === undefined ? "feed" : "talk"}
      onChange={(tab) =>
        void navigate({
          to: ".",
          search: (before: object) => ({ ...before, talk: tab === "talk" ? "latest" : undefined }) as never,
          replace: true,
        })
      }
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="feed">{text.activity.feed}</Tabs.Tab>
        <Tabs.Tab
          value="talk"
          rightSection={
            unread > 0 && (
              <Badge size="sm" circle={unread < 10} title={words.unread(unread)}>
                {unread}
              </Badge>
            )
          }
        >
          {words.write.tab}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="feed">
        <Feed entity={entity} id={id} />
      </Tabs.Panel>
      <Tabs.Panel value="talk">
        <Suspense fallback={<Waiting />}>
          <Talks of={of} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
