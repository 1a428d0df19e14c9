import { Alert, Button, Group, Modal, Paper, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPhoneIncoming } from "@tabler/icons-react";
import { useState } from "react";
import { useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection, Vendor } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { inWords, tellProblem } from "../../ui/problem.tsx";
import { ChannelAccount } from "./ChannelAccount.tsx";
import { ChannelHealth } from "./ChannelHealth.tsx";
import { ActivityLines } from "./ConnectionState.tsx";
import { Pasted } from "./Pasted.tsx";
import { Secrets } from "./Secrets.tsx";
import { isMeant } from "./SettingsFields.tsx";

/** How a connection is doing, what to paste at the other side, and ways to try it. */
export function Overview({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor | undefined }) {
  const text = useText();
  const words = text.connections;
  const may = useMay();
  return (
    <Stack>
      {connection.parked_because !== null && (
        <Alert color="orange" title={words.states.parked}>
          {connection.parked_because}
        </Alert>
      )}
      {connection.abilities.includes("signs_in") && <ChannelAccount connection={connection} />}
      {connection.abilities.includes("messenger") && <ChannelHealth connection={connection.id} />}
      <Paper withBorder p="md" radius="md">
        <ActivityLines connection={connection} withoutParked />
        {connection.activity.polled_at && (
          <Text size="xs" c="dimmed" mt={4}>
            {words.activity.polledAt} <When at={connection.activity.polled_at} />
          </Text>
        )}
        <Group mt="sm" gap="xs">
          <LinkButton size="xs" variant="light" to="/journal" search={{ connection: connection.id }}>
            {words.toJournal}
          </LinkButton>
          {connection.abilities.includes("tests") && may("hub:write") && <Test connection={connection.id} />}
          {connection.abilities.includes("rehearsal") && may("hub:write") && <Ring connection={connection.id} />}
        </Group>
      </Paper>
      <Pasted texts={connection.paste} />
      {vendor && may("hub:write") && <Rotation connection={connection} vendor={vendor} />}
    </Stack>
  );
}

/** Something that the other side knows to be no more than a test. */
function Test({ connection }: { readonly connection: number }) {
  const text = useText();
  const words = text.connections;
  const test = useSend("testConnection", {
    onDone: ({ ok, message }) => notifications.show({ color: ok ? "teal" : "red", title: ok ? words.tryOk : words.tryFailed, message }),
  });
  return (
    <Button
      size="xs"
      variant="light"
      loading={test.isPending}
      onClick={() => test.mutate({ path: { id: connection } }, { onError: (error) => tellProblem(error, text) })}
    >
      {words.test}
    </Button>
  );
}

/** A call that nobody makes, to see all that follows from it. */
function Ring({ connection }: { readonly connection: number }) {
  const text = useText();
  const words = text.connections;
  const [opened, setOpened] = useState(false);
  const [from, setFrom] = useState("+79101234567");
  const ring = useSend("rehearseCall", {
    onDone: () => {
      setOpened(false);
      notifications.show({ message: words.ringing });
    },
  });
  return (
    <>
      <Button size="xs" variant="light" leftSection={<IconPhoneIncoming size={14} />} onClick={() => setOpened(true)}>
        {words.ring}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={words.ring}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ring.mutate({ path: { id: connection }, body: { from, answer_after_seconds: 6, talk_seconds: 15 } });
          }}
        >
          <Stack>
            <TextInput
              label={words.ringFrom}
              type="tel"
              data-autofocus
              value={from}
              onChange={({ currentTarget }) => setFrom(currentTarget.value)}
              error={ring.error && inWords(ring.error, text)}
            />
            <Button type="submit" loading={ring.isPending}>
              {words.ring}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function Rotation({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor }) {
  const text = useText();
  const words = text.connections;
  const language = useLanguage();
  const rotate = useSend("rotateSecret", { refresh: ["getConnection"] });
  const generated = vendor.settings.filter(
    (setting) => setting.secret?.generated && isMeant(setting, vendor.settings, connection.settings as Readonly<Record<string, unknown>>),
  );
  if (generated.length === 0) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} mb="xs" component="h2">
        {words.secrets}
      </Text>
      <Stack gap="xs">
        {rotate.data && (
          <>
            <Alert color="teal">{words.rotated}</Alert>
            <Secrets values={rotate.data.secrets} />
            <Pasted texts={rotate.data.paste} />
          </>
        )}
        {generated.map((setting) => {
          const label = setting.label[language] ?? setting.name;
          return (
            <Group key={setting.name} justify="space-between">
              <Text size="sm">
                {label} <code>{setting.name}</code>
              </Text>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() =>
                  void confirm(words.rotateConfirm(label), { yes: words.rotate, no: text.common.actions.cancel }).then(
                    (yes) =>
                      yes &&
                      rotate.mutate(
                        { path: { id: connection.id, name: setting.name }, body: {} },
                        { onError: (error) => tellProblem(error, text) },
                      ),
                  )
                }
              >
                {words.rotate}
              </Button>
            </Group>
          );
        })}
      </Stack>
    </Paper>
  );
}
