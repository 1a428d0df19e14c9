import { Alert, Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import type { Vendor } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Pasted } from "./Pasted.tsx";
import { Secrets } from "./Secrets.tsx";
import { standardValues } from "./SettingsFields.tsx";
import { useConnectionForm } from "./use-connection-form.tsx";

/** Adds a connection: a form of what its vendor needs, tried before it is saved, and then the exact texts for the other side. */
export function NewConnection() {
  const text = useText();
  const { vendor: id } = useParams({ strict: false });
  const vendors = useAsk("listVendors", { query: { limit: 250 } }, { staleTime: 300_000 });
  return (
    <Answered of={vendors}>
      {({ items }) => {
        const vendor = items.find((each) => each.id === id);
        return vendor ? <NewOf vendor={vendor} /> : <Empty title={text.common.nothingFound} />;
      }}
    </Answered>
  );
}

function NewOf({ vendor }: { readonly vendor: Vendor }) {
  const text = useText();
  const words = text.connections;
  const language = useLanguage();
  const add = useSend("addConnection", { refresh: ["listConnections", "listRoutes"] });
  const form = useConnectionForm(vendor, {
    values: standardValues(vendor.settings),
    name: vendor.title[language] ?? vendor.id,
    allowPrivate: false,
  });
  if (add.data) return <Made connection={add.data} />;
  return (
    <Screen title={vendor.title[language] ?? vendor.id}>
      <Paper withBorder p="md" radius="md" maw={640}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void form.send(() =>
              add.mutateAsync({
                body: {
                  vendor: vendor.id,
                  name: form.name,
                  settings: form.values as Record<string, unknown>,
                  allow_private_addresses: form.allowPrivate,
                },
              }),
            );
          }}
          noValidate
        >
          <Stack>
            <Text c="dimmed" size="sm">
              {vendor.about[language]}
            </Text>
            <TextInput
              label={words.name}
              description={words.nameHint}
              maxLength={200}
              value={form.name}
              onChange={({ currentTarget }) => form.setName(currentTarget.value)}
              error={form.errors["name"]}
            />
            {form.fields}
            <Group>
              <Button type="submit" loading={add.isPending}>
                {text.common.actions.add}
              </Button>
              <Button variant="default" loading={form.trying} onClick={() => void form.tryIt()}>
                {words.try}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </Screen>
  );
}

function Made({ connection }: { readonly connection: AnswerOf<"addConnection"> }) {
  const words = useText().connections;
  return (
    <Screen title={`${connection.name}: ${words.made.toLowerCase()}`}>
      <Stack maw={760}>
        <Alert color="teal">{words.madeText}</Alert>
        <Secrets values={connection.secrets} />
        <Pasted texts={connection.paste} />
        <Group>
          <LinkButton to="/connections/$id" params={{ id: String(connection.id) }}>
            {words.toConnection}
          </LinkButton>
        </Group>
      </Stack>
    </Screen>
  );
}
