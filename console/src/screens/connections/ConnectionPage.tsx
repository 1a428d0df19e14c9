import { Badge, Button, Group, Menu, Stack, Tabs, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection, Vendor } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { ChangeSettings } from "./ChangeSettings.tsx";
import { StateBadge } from "./ConnectionState.tsx";
import { DecisionCount, Decisions } from "./Decisions.tsx";
import { Grants } from "./Grants.tsx";
import { Mappings } from "./Mappings.tsx";
import { Moves } from "./Moves.tsx";
import { Overview } from "./Overview.tsx";
import { Packages } from "./Packages.tsx";

const tabs = ["overview", "decisions", "packages", "settings", "users", "fields", "stages", "access", "move"] as const;
const kinds = { users: "user", fields: "field", stages: "stage" } as const;

export function ConnectionPage() {
  const { id } = useParams({ strict: false });
  const connection = useAsk("getConnection", { path: { id: Number(id) } }, { refetchInterval: 15_000 });
  const vendors = useAsk("listVendors", { query: { limit: 250 } }, { staleTime: 300_000 });
  return (
    <Answered of={connection}>
      {(found) => (
        <Answered of={vendors}>
          {({ items }) => (
            <Page key={found.id} connection={found as Connection} vendor={items.find((vendor) => vendor.id === found.vendor)} />
          )}
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
  const can = (ability: string): boolean => connection.abilities.includes(ability);
  const isOtherCrm = can("crm") && connection.vendor !== "crm";
  const shown = tabs.filter(
    (name) =>
      name === "overview" ||
      (name === "settings" && (vendor?.settings.length ?? 0) > 0) ||
      (name === "users" && (can("telephony") || isOtherCrm)) ||
      (name === "fields" && vendor?.maps_fields === true && can("receives") && !can("integrations")) ||
      (name === "decisions" && can("decides")) ||
      (name === "packages" && can("packages")) ||
      (name === "access" && can("integrations")) ||
      (name === "move" && can("move")) ||
      (name === "stages" && isOtherCrm),
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
        <Lacking connection={connection} vendor={vendor} />
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
              <Tabs.Tab
                key={name}
                value={name}
                {...(name === "decisions" && { rightSection: <DecisionCount connection={connection.id} /> })}
              >
                {words.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="overview">
            <Overview connection={connection} vendor={vendor} />
          </Tabs.Panel>
          {vendor && (
            <Tabs.Panel value="settings">
              <ChangeSettings
                // Begun anew when the settings were changed, not when the hub parks the connection while somebody mends them.
                key={JSON.stringify([connection.name, connection.settings, connection.secrets_set, connection.allow_private_addresses])}
                connection={connection}
                vendor={vendor}
              />
            </Tabs.Panel>
          )}
          {(["users", "fields", "stages"] as const).map((name) => (
            <Tabs.Panel key={name} value={name}>
              <Mappings connection={connection.id} kind={kinds[name]} />
            </Tabs.Panel>
          ))}
          <Tabs.Panel value="decisions">
            <Decisions connection={connection.id} />
          </Tabs.Panel>
          <Tabs.Panel value="packages">
            <Packages connection={connection.id} />
          </Tabs.Panel>
          <Tabs.Panel value="access">
            <Grants connection={connection} />
          </Tabs.Panel>
          <Tabs.Panel value="move">
            <Moves connection={connection} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Screen>
  );
}

/** Of a CRM elsewhere: what others of its kind show to people and this one does not, as somebody has let us in. Its settings say why. */
function Lacking({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor | undefined }) {
  const words = useText().connections;
  const lacking = (["call_desk", "chat_desk"] as const).filter(
    (one) => vendor?.abilities.includes(one) && !connection.abilities.includes(one),
  );
  if (!connection.abilities.includes("crm") || lacking.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {words.lacks} {lacking.map((one) => words.lacking[one]).join("; ")}.{" "}
      <Link
        to="/connections/$id"
        params={{ id: String(connection.id) }}
        search={{ tab: "settings" }}
        style={{ textDecoration: "underline" }}
      >
        {words.tabs.settings}
      </Link>
    </Text>
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
