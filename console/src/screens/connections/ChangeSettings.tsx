import { Button, Group, Paper, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection, Vendor } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useConnectionForm } from "./use-connection-form.tsx";

/** The settings of a connection that is there, tried before they are kept. */
export function ChangeSettings({ connection, vendor }: { readonly connection: Connection; readonly vendor: Vendor }) {
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
