import { Badge, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useAsk } from "../../data/queries.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

/** What can be connected, and what each can do. */
export function Gallery() {
  const words = useText().connections;
  const language = useLanguage();
  const vendors = useAsk("listVendors", { query: { limit: 250 } }, { staleTime: 300_000 });
  return (
    <Screen title={words.gallery}>
      <Answered of={vendors}>
        {({ items }) => (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {items
              // Every company has the built-in CRM already; there is nothing to set up.
              .filter(({ settings }) => settings.length > 0)
              .map((vendor) => (
                <Paper key={vendor.id} withBorder p="md" radius="md" component={Stack} justify="space-between">
                  <Stack gap="xs">
                    <Text fw={600} component="h2">
                      {vendor.title[language]}
                    </Text>
                    <Text size="sm" c="dimmed">
                      {vendor.about[language]}
                    </Text>
                    <Group gap={4}>
                      {vendor.abilities.map((ability) => (
                        <Badge key={ability} size="sm" variant="light" color="gray" tt="none">
                          {words.abilities[ability] ?? ability}
                        </Badge>
                      ))}
                    </Group>
                  </Stack>
                  <LinkButton
                    to="/connections/new/$vendor"
                    params={{ vendor: vendor.id }}
                    variant="light"
                    aria-label={`${words.chosen}: ${vendor.title[language]}`}
                  >
                    {words.chosen}
                  </LinkButton>
                </Paper>
              ))}
          </SimpleGrid>
        )}
      </Answered>
    </Screen>
  );
}
