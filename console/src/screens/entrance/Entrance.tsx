import { Center, Group, Paper, Stack, Text } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { useText } from "../../text/text.tsx";

/** The frame of the pages before the sign-in. */
export function Entrance() {
  const text = useText();
  return (
    <Center mih="100%" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Group gap="sm" justify="center">
          <img src="/console/mark.svg" alt="" width={32} height={32} />
          <Text size="xl" fw={650}>
            {text.common.product}
          </Text>
        </Group>
        <Paper withBorder radius="lg" p="xl" shadow="sm">
          <Outlet />
        </Paper>
      </Stack>
    </Center>
  );
}
