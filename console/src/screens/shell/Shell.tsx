import {
  ActionIcon,
  Alert,
  AppShell,
  Badge,
  Burger,
  Group,
  Indicator,
  Kbd,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout, IconPlus, IconSearch, IconWifiOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { listen } from "../../data/live.ts";
import { useAsk } from "../../data/queries.ts";
import { useReachable, useSignedOut } from "../../data/reach.ts";
import { useMay, useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { Waiting } from "../../ui/problem.tsx";
import { UnreadCount } from "../../ui/screen.tsx";
import { CallCards } from "../call-card/CallCards.tsx";
import { noteCallNews } from "../call-card/ringing.ts";
import type { Creation } from "./Create.tsx";
import { hubPlaces, type Place, salesPlaces, settingsPlace } from "./navigation.ts";
import { ProfileMenu } from "./ProfileMenu.tsx";
import { useGoKeys } from "./use-go-keys.ts";
import { usePalette } from "./use-palette.ts";

// None of them is on everybody's screen at first.
const Softphone = lazy(async () => ({ default: (await import("../softphone/Softphone.tsx")).Softphone }));
const Create = lazy(async () => ({ default: (await import("./Create.tsx")).Create }));
const Shortcuts = lazy(async () => ({ default: (await import("./Shortcuts.tsx")).Shortcuts }));
const Palette = lazy(async () => ({ default: (await import("./Palette.tsx")).Palette }));

/** What stands around every screen: where one can go, what one can find, and what the hub has to say. */
export function Shell() {
  const text = useText();
  const may = useMay();
  const session = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const [creating, setCreating] = useState<Creation>();
  const [everCreated, setEverCreated] = useState(false);
  if (creating !== undefined && !everCreated) setEverCreated(true);
  const palette = usePalette();
  const { data: own } = useAsk("getOwnSoftphone", {}, { staleTime: 300_000, enabled: session.user !== null });
  const hasPhone = own?.softphone?.enabled === true;
  const path = useRouterState({ select: (state) => state.location.pathname });
  const client = useQueryClient();
  const signedOut = useSignedOut();
  useEffect(() => (signedOut ? undefined : listen(client, noteCallNews)), [client, signedOut]);
  // Somebody else has signed in in another window: nothing of the one before stays on this page.
  const who = `${session.workspace.id} ${session.user?.id ?? ""}`;
  const [begunBy] = useState(who);
  useEffect(() => {
    if (who !== begunBy) location.reload();
  }, [who, begunBy]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a phone closes when one has gone somewhere
  useEffect(close, [path]);
  const { data: waits } = useAsk("countUnread", {}, { staleTime: 30_000 });
  // What others look after is theirs to read.
  const unread = waits ? waits.mine + waits.nobodys : 0;
  const places = [...salesPlaces, ...(may("hub:read") ? hubPlaces : []), settingsPlace];
  const [helping, setHelping] = useState(false);
  useGoKeys(places, { onNew: () => may("crm:write") && setCreating("deal"), onHelp: () => setHelping(true) });

  const link = ({ name, to, icon: Icon, key }: Place) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      label={text.shell.nav[name]}
      leftSection={<Icon size={18} stroke={1.6} />}
      rightSection={
        name === "inbox" &&
        unread > 0 && (
          <Badge size="sm" circle={unread < 10} data-testid="unread" title={text.shell.unread(unread)}>
            {unread > 99 ? "99+" : unread}
          </Badge>
        )
      }
      active={path === to || path.startsWith(`${to}/`)}
      aria-current={path === to || path.startsWith(`${to}/`) ? "page" : undefined}
      title={`g ${key}`}
      style={{ borderRadius: 8 }}
    />
  );

  return (
    <UnreadCount value={unread}>
      <AppShell header={{ height: 52 }} navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="md">
        <a className="skip" href="#content">
          {text.shell.skip}
        </a>
        <AppShell.Header px="sm">
          <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="xs" wrap="nowrap">
              <Indicator disabled={unread === 0 || opened} size={9} offset={3} hiddenFrom="sm">
                <Burger opened={opened} onClick={toggle} size="sm" aria-label={text.shell.menu} />
              </Indicator>
              <Link to="/deals" aria-label={text.common.product} style={{ display: "flex" }}>
                <img src="/console/mark.svg" alt="" width={28} height={28} />
              </Link>
              <Text fw={650} visibleFrom="sm" maw={220} truncate>
                {session.workspace.name}
              </Text>
            </Group>
            <UnstyledButton
              onClick={palette.open}
              flex="0 1 420px"
              px="sm"
              py={6}
              bd="1px solid var(--mantine-color-default-border)"
              style={{ borderRadius: 8 }}
              aria-label={text.shell.find}
            >
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Group gap="xs" wrap="nowrap" c="dimmed" style={{ minWidth: 0 }}>
                  <IconSearch size={16} />
                  <Text size="sm" truncate c="dimmed">
                    {text.shell.find}
                  </Text>
                </Group>
                <Kbd size="xs" visibleFrom="sm">
                  {navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl"} K
                </Kbd>
              </Group>
            </UnstyledButton>
            <Group gap={6} wrap="nowrap">
              {may("crm:write") && (
                <Tooltip label={`${text.shell.newDeal} · n`}>
                  <ActionIcon variant="filled" size="lg" onClick={() => setCreating("deal")} aria-label={text.shell.newDeal}>
                    <IconPlus size={18} />
                  </ActionIcon>
                </Tooltip>
              )}
              <Suspense>{hasPhone && <Softphone />}</Suspense>
              <ProfileMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={text.shell.menu}>
          <AppShell.Section grow component={ScrollArea}>
            <Text size="xs" c="dimmed" px="sm" pb={4}>
              {text.shell.sales}
            </Text>
            {salesPlaces.map(link)}
            {may("hub:read") && (
              <>
                <Text size="xs" c="dimmed" px="sm" pt="md" pb={4}>
                  {text.shell.hub}
                </Text>
                {hubPlaces.map(link)}
              </>
            )}
          </AppShell.Section>
          <AppShell.Section>{link(settingsPlace)}</AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <Away />
          {signedOut && <SignedOut />}
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </AppShell.Main>
        <Suspense>
          {palette.wanted && <Palette places={places} onCreate={setCreating} openAtOnce={palette.openAtOnce} />}
          {helping && <Shortcuts places={places} onClose={() => setHelping(false)} />}
          {everCreated && <Create what={creating} onClose={() => setCreating(undefined)} />}
        </Suspense>
        <CallCards />
      </AppShell>
    </UnreadCount>
  );
}

function SignedOut() {
  const text = useText();
  return (
    <Alert color="orange" variant="light" icon={<IconLogout size={18} />} mb="md" role="alert">
      {text.common.signedOut}{" "}
      <a href="/sign-in" target="_blank" rel="noreferrer" style={{ textDecoration: "underline" }}>
        {text.entrance.signIn.title}
      </a>
    </Alert>
  );
}

function Away() {
  const text = useText();
  const reachable = useReachable();
  if (reachable) return null;
  return (
    <Alert color="orange" variant="light" icon={<IconWifiOff size={18} />} mb="md" role="status">
      {text.common.offline}
    </Alert>
  );
}
