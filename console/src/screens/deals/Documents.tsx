import { ActionIcon, Anchor, Group, Loader, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { IconExternalLink, IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useAsk } from "../../data/queries.ts";
import { useAccountingText } from "../../text/with-screens.ts";
import { Copyable } from "../../ui/copy.tsx";
import { When } from "../../ui/format.tsx";
import { ProblemNote } from "../../ui/problem.tsx";

type There = ItemOf<"dealDocuments">;

/** An accounting program may take seconds to answer; where there is none, nothing is shown at all. */
const quickMs = 500;
/** Each question takes a session of that program. */
const staleTime = 300_000;

/** The documents of a deal in the accounting, asked after the card is there. */
export function Documents({ deal }: { readonly deal: number }) {
  const words = useAccountingText().documents;
  const documents = useAsk("dealDocuments", { path: { id: deal } }, { staleTime });
  const [isSlow, setSlow] = useState(false);
  useTimeout(() => setSlow(true), quickMs, { autoInvoke: true });
  if (documents.data?.items.length === 0 || (documents.isPending && !isSlow)) return null;
  const refresh = (
    <Tooltip label={words.refresh}>
      <ActionIcon color="gray" aria-label={words.refresh} loading={documents.isFetching} onClick={() => void documents.refetch()}>
        <IconRefresh size={16} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Frame aside={documents.data && refresh}>
      {documents.data?.items.map((there) => (
        <FromOne key={there.connection} there={there} />
      ))}
      {documents.isPending && <Loader size="xs" aria-label={words.title} />}
      {!documents.data && <ProblemNote error={documents.error} onRetry={() => void documents.refetch()} />}
    </Frame>
  );
}

function Frame({ aside, children }: { readonly aside: ReactNode; readonly children: ReactNode }) {
  const words = useAccountingText().documents;
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={words.title}>
      <Group justify="space-between" mb="xs" mih={28}>
        <Text fw={600} component="h2">
          {words.title}
        </Text>
        {aside}
      </Group>
      <Stack gap="md">{children}</Stack>
    </Paper>
  );
}

function FromOne({ there: { name, at, is_live, why, documents } }: { readonly there: There }) {
  const words = useAccountingText().documents;
  return (
    <Stack gap={6}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      {!is_live && (
        <Text size="sm" c="orange" role="status" style={{ overflowWrap: "anywhere" }}>
          {at === null ? (
            words.never
          ) : (
            <>
              {words.asOf} <When at={at} long />. {words.notLive}
            </>
          )}
          {why !== null && `: ${why}`}
        </Text>
      )}
      {at !== null && documents.length === 0 && <Text size="sm">{words.none}</Text>}
      {documents.map(({ title, link, opens }, index) =>
        opens ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the other side may tell one document twice, and its list is shown as it came
          <Anchor key={index} size="sm" href={link} target="_blank" rel="noopener noreferrer" style={{ overflowWrap: "anywhere" }}>
            {title || link} <IconExternalLink size={13} aria-label={words.newTab} style={{ verticalAlign: "-2px" }} />
          </Anchor>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <Stack key={index} gap={2}>
            <Text size="sm">{title}</Text>
            {link !== "" && <Copyable value={link} label={title} />}
          </Stack>
        ),
      )}
    </Stack>
  );
}
