import { Avatar, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconApi, IconLogout, IconUser } from "@tabler/icons-react";
import { useSession, useSignOut } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { LinkItem } from "../../ui/links.tsx";
import { tellProblem } from "../../ui/problem.tsx";

export function ProfileMenu() {
  const text = useText();
  const { user, name, workspace } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const shown = user?.name ?? name;
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={`${text.shell.profile}: ${shown}`} style={{ borderRadius: "50%" }}>
          <Avatar src={user?.avatar} name={shown} color="initials" size={34} alt="" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate>
            {shown}
          </Text>
          <Text size="xs" truncate>
            {user?.email ?? workspace.name}
          </Text>
        </Menu.Label>
        <LinkItem to="/profile" leftSection={<IconUser size={16} />}>
          {text.shell.profile}
        </LinkItem>
        <Menu.Item component="a" href="/docs" target="_blank" rel="noreferrer" leftSection={<IconApi size={16} />}>
          API
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{text.shell.theme}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx="xs"
          mb="xs"
          w="calc(100% - 20px)"
          aria-label={text.shell.theme}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
          data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: text.shell.themes[value] }))}
        />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} />}
          onClick={() => void signOut().catch((error: unknown) => tellProblem(error, text))}
        >
          {text.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
