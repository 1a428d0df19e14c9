import { Alert, Button, Group, Modal, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { Copyable } from "../../ui/copy.tsx";
import { When } from "../../ui/format.tsx";
import { tellProblem } from "../../ui/problem.tsx";

const refresh = ["listInvitations"] as const;

/** Who has a link and has not used it yet. */
export function Invitations() {
  const text = useText();
  const words = text.settings.people;
  const invitations = useAsk("listInvitations", { query: { limit: 100 } });
  const [link, setLink] = useState<string>();
  const renew = useSend("renewInvitation", { refresh, onDone: ({ url }) => setLink(url) });
  const withdraw = useSend("withdrawInvitation", { refresh });
  const onError = (error: Error): void => tellProblem(error, text);
  const items = invitations.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.invitations}
      </Text>
      <Stack gap="xs">
        {items.map((invitation) => (
          <Group key={invitation.id} justify="space-between">
            <div>
              <Text size="sm">{invitation.user_name}</Text>
              <Text size="xs" c={invitation.expired ? "red" : "dimmed"}>
                {invitation.email} · {words.invitedUntil} <When at={invitation.expires_at} long />
              </Text>
            </div>
            <Group gap={6}>
              <Button
                size="compact-xs"
                variant="default"
                loading={renew.isPending}
                onClick={() => renew.mutate({ path: { id: invitation.id } }, { onError })}
              >
                {words.again}
              </Button>
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                onClick={() => withdraw.mutate({ path: { id: invitation.id } }, { onError })}
              >
                {words.withdraw}
              </Button>
            </Group>
          </Group>
        ))}
      </Stack>
      <LinkModal link={link} onClose={() => setLink(undefined)} />
    </Paper>
  );
}

/** A link that is shown this once. */
export function LinkModal({ link, onClose }: { readonly link: string | undefined; readonly onClose: () => void }) {
  const text = useText();
  return (
    <Modal opened={link !== undefined} onClose={onClose} title={text.settings.people.again}>
      <Stack>
        <Alert color="teal">{text.settings.people.invited}</Alert>
        {link !== undefined && <Copyable value={link} block />}
        <Button onClick={onClose}>{text.common.actions.done}</Button>
      </Stack>
    </Modal>
  );
}
