import { Alert, Badge, Button, Group, Menu, Modal, Paper, Stack, Tabs, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconPhoneIncoming } from "@tabler/icons-react";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, inWords, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { ActivityLines, type Connection, StateBadge, type Vendor } from "./Connections.tsx";
import { Mappings } from "./Mappings.tsx";
import { Pasted } from "./Pasted.tsx";
import { Secrets } from "./Secrets.tsx";
import { useConnectionForm } from "./use-connection-form.tsx";

const tabs = ["overview", "settings", "users", "fields", "stages"] as const;
const kinds = { users: "user", fields: "field", stages: "stage" } as const;

export function ConnectionPage() {
  const { id } = useParams({ strict: false });
  const connection = useAsk("getConnection", { path: { id: Number(id) } }, { refetchInterval: 15_000 });
  const vendors = useAsk("listVendors", { query: { limit: 250 } }, { staleTime: 300_000 });
  return (
    <Answered of={connection}>
      {(found) => (
        <Answered of={vendors}>
          {({ items }) => <Page connection={found as Connection} vendor={items.find((vendor) => vendor.id === found.vendor)} />}
        </Answered>
      )}
    </Answered>
  );
}

function Page({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor | undefined }) {
  const text = useText();
  const words = text.connections;
  const language = useLanguage();
  const may = useMay();
  const navigate = useNavigate();
  const { tab = "overview" } = useSearch({ strict: false }) as { tab?: (typeof tabs)[number] };
  const shown = tabs.filter(
    (name) =>
      name === "overview" ||
      (name === "settings" && (vendor?.settings.length ?? 0) > 0) ||
      (name === "users" && connection.abilities.includes("telephony")) ||
      (name === "fields" && connection.abilities.includes("receives") && !connection.abilities.includes("telephony")) ||
      (name === "stages" && connection.abilities.includes("crm") && connection.vendor !== "crm"),
  );
  return (
    <Screen
      title={connection.name}
      actions={
        <>
          <StateBadge connection={connection} />
          {may("hub:write") && <Actions connection={connection} />}
        </>
      }
    >
      <Stack>
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {vendor?.title[language] ?? connection.vendor} · #{connection.id}
          </Text>
          {connection.abilities.map((ability) => (
            <Badge key={ability} size="sm" variant="light" color="gray" tt="none">
              {words.abilities[ability] ?? ability}
            </Badge>
          ))}
        </Group>
        <Tabs
          value={tab}
          onChange={(value) =>
            void navigate({
              to: "/connections/$id",
              params: { id: String(connection.id) },
              search: { tab: value ?? "overview" },
              replace: true,
            })
          }
          keepMounted={false}
        >
          <Tabs.List mb="md">
            {shown.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {words.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="overview">
            <Overview connection={connection} vendor={vendor} />
          </Tabs.Panel>
          {vendor && (
            <Tabs.Panel value="settings">
              <ChangeSettings key={connection.updated_at} connection={connection} vendor={vendor} />
            </Tabs.Panel>
          )}
          {(["users", "fields", "stages"] as const).map((name) => (
            <Tabs.Panel key={name} value={name}>
              <Mappings connection={connection.id} kind={kinds[name]} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </Screen>
  );
}

function Actions({ connection }: { readonly connection: Connection }) {
  const text = useText();
  const words = text.connections;
  const navigate = useNavigate();
  const refresh = ["getConnection", "listConnections", "listRoutes"] as const;
  const change = useSend("changeConnection", { refresh });
  const remove = useSend("removeConnection", { refresh, onDone: () => void navigate({ to: "/connections" }) });
  const check = useSend("checkConnection", {
    refresh,
    onDone: ({ ok, message }) =>
      notifications.show({ color: ok ? "teal" : "red", title: ok ? words.tryOk : words.tryFailed, message: ok ? "" : message }),
  });
  const onError = (error: Error): void => tellProblem(error, text);
  const path = { id: connection.id };
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate({ path }, { onError })}>
        {words.check}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconDots size={15} />}>
            {text.common.actions.actions}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {connection.parked_because !== null && (
            <Menu.Item onClick={() => change.mutate({ path, body: { state: "active" } }, { onError })}>{words.resume}</Menu.Item>
          )}
          <Menu.Item
            onClick={() => change.mutate({ path, body: { state: connection.state === "active" ? "disabled" : "active" } }, { onError })}
          >
            {connection.state === "active" ? words.disable : words.enable}
          </Menu.Item>
          <Menu.Item
            color="red"
            onClick={() =>
              void confirm(words.removeConfirm(connection.name), { yes: words.remove, no: text.common.actions.cancel, danger: true }).then(
                (yes) => yes && remove.mutate({ path }, { onError }),
              )
            }
          >
            {words.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function Overview({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor | undefined }) {
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
      <Paper withBorder p="md" radius="md">
        <ActivityLines connection={connection} />
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
  const generated = vendor.settings.filter(({ secret }) => secret?.generated);
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

function ChangeSettings({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor }) {
  const text = useText();
  const words = text.connections;
  const may = useMay();
  const change = useSend("changeConnection", { refresh: ["getConnection", "listConnections"] });
  const form = useConnectionForm(vendor, {
    values: connection.settings,
    name: connection.name,
    allowPrivate: connection.allow_private_addresses,
    secretsSet: connection.secrets_set,
    connection: connection.id,
  });
  return (
    <Paper withBorder p="md" radius="md" maw={640}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void form.send(async () => {
            await change.mutateAsync({
              path: { id: connection.id },
              body: { name: form.name, settings: form.values as Record<string, unknown>, allow_private_addresses: form.allowPrivate },
            });
            notifications.show({ message: text.common.saved, color: "teal" });
          });
        }}
        noValidate
      >
        <Stack>
          <TextInput
            label={words.name}
            maxLength={200}
            value={form.name}
            onChange={({ currentTarget }) => form.setName(currentTarget.value)}
            error={form.errors["name"]}
          />
          {form.fields}
          {may("hub:write") && (
            <Group>
              <Button type="submit" loading={change.isPending}>
                {text.common.actions.save}
              </Button>
              <Button variant="default" loading={form.trying} onClick={() => void form.tryIt()}>
                {words.try}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Paper>
  );
}
