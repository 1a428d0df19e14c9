import { ActionIcon, Group, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useInboxText } from "../../text/with-screens.ts";
import { Empty } from "../../ui/problem.tsx";
import { usePageTitle } from "../../ui/screen.tsx";
import { About } from "./About.tsx";
import { Conversation } from "./Conversation.tsx";
import { ConversationList } from "./ConversationList.tsx";
import style from "./inbox.module.css";
import { nameOf } from "./network.tsx";
import { useInboxSearch } from "./search.ts";

const now = { getInitialValueInEffect: false } as const;
const remembered = "svyazka.inbox.about";

/**
 * Conversations with clients: the list, one of them, and who the client is. Side by side where there is room, one after another on a phone; the address says which.
 */
export function Inbox() {
  const words = useInboxText();
  const params = useParams({ strict: false });
  const id = params.id === undefined ? undefined : Number(params.id);
  const [search, set] = useInboxSearch();
  const navigate = useNavigate();
  const isPhone = useMediaQuery("(max-width: 767px)", undefined, now);
  const isWide = useMediaQuery("(min-width: 1200px)", undefined, now);
  const [isBeside, setBeside] = useState(() => localStorage.getItem(remembered) !== "no");
  useEffect(() => localStorage.setItem(remembered, isBeside ? "yes" : "no"), [isBeside]);
  usePageTitle(useTitle(id));
  const isAbout = id !== undefined && search.about === true;
  // The list is behind: the way back of the browser is not always there.
  const toList = (): void => void navigate({ to: "/inbox", search: { ...search, about: undefined } as never });
  const toggleAbout = (): void => (isWide ? setBeside(!isBeside) : set({ about: isAbout ? undefined : true }));
  const hasAbout = id !== undefined && (isWide ? isBeside : isAbout);
  // Between a phone and a wide screen there is room for two.
  const hasList = isWide || !hasAbout;
  const talk = id !== undefined && (
    <Conversation key={id} id={id} {...(isPhone && { onBack: toList })} onAbout={toggleAbout} isTitle={isPhone || !hasList} />
  );

  if (isPhone)
    return (
      <div className={style["panes"]}>
        <div className={style["alone"]} style={isAbout ? { overflowY: "auto" } : undefined}>
          {isAbout ? (
            <>
              <Group px="xs" pt="xs">
                <ActionIcon size={36} color="gray" aria-label={words.talk} onClick={() => set({ about: undefined })}>
                  <IconArrowLeft size={20} />
                </ActionIcon>
                <Text fw={600} component="h1" size="md">
                  {words.about}
                </Text>
              </Group>
              <About id={id} />
            </>
          ) : (
            talk || <ConversationList opened={undefined} />
          )}
        </div>
      </div>
    );
  return (
    <div className={style["panes"]}>
      {hasList && (
        <div className={style["listPane"]}>
          <ConversationList opened={id} />
        </div>
      )}
      <div className={style["talkPane"]}>
        {talk || (
          <div style={{ margin: "auto" }}>
            <Empty title={words.choose}>{words.chooseText}</Empty>
          </div>
        )}
      </div>
      {hasAbout && (
        <aside className={style["aboutPane"]} aria-label={words.about}>
          <About key={id} id={id} />
        </aside>
      )}
    </div>
  );
}

function useTitle(id: number | undefined): string {
  const words = useInboxText();
  const { data } = useAsk("getConversation", { path: { id: id ?? 0 } }, { enabled: id !== undefined });
  return id === undefined || !data ? words.title : nameOf(data, words.noName);
}
