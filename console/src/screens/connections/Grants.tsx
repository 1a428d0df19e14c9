import { Button, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { When } from "../../ui/format.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { UserPicker } from "../../ui/pickers.tsx";
import { Answered, Empty, ProblemNote, tellProblem } from "../../ui/problem.tsx";
import { Secrets } from "./Secrets.tsx";

/** By whose consent a program works with us: who let it in and when, ended with a click; and letting it in by hand. */
export function Grants({ connection }: { readonly connection: Connection }) {
  const may = useMay();
  const grants = useAsk("listGrants", { path: { id: connection.id }, query: { limit: 100 } });
  return (
    <Stack>
      {may("hub:write") && <Issue connection={connection.id} />}
      <Answered of={grants}>{({ items }) => <List connection={connection.id} items={items} />}</Answered>
    </Stack>
  );
}

function Issue({ connection }: { readonly connection: number }) {
  const words = useText().grants;
  const [user, setUser] = useState<number | null>(null);
  const [days, setDays] = useState<number | string>("");
  const issue = useSend("issueGrant", { refresh: ["listGrants"] });
  const send = (): void =>
    issue.mutate({
      path: { id: connection },
      body: { ...(user !== null && { user }), ...(typeof days === "number" && { long_lived_days: days }) },
    });
  return (
    <Paper withBorder p="md" radius="md">
      <Stack align="flex-start">
        <div>
          <Text fw={600} component="h2">
            {words.issue}
          </Text>
          <Text size="sm" c="dimmed">
            {words.issueText}
          </Text>
        </div>
        <Group align="flex-end">
          <UserPicker label={words.user} placeholder={words.anyAdministrator} value={user} onChange={setUser} />
          <NumberField label={words.days} placeholder={words.noToken} value={days} onChange={setDays} min={1} max={1826} w={200} />
          <Button loading={issue.isPending} onClick={send}>
            {words.letIn}
          </Button>
        </Group>
        <ProblemNote error={issue.error} />
        {issue.data && <Secrets values={issue.data.issued} />}
      </Stack>
    </Paper>
  );
}

interface Shown {
  readonly id: string;
  readonly user: { readonly name: string } | null;
  readonly at: string;
}

function List({ connection, items }: { readonly connection: number; readonly items: readonly Shown[] }) {
  const text = useText();
  const words = text.grants;
  const may = useMay();
  const revoke = useSend("revokeGrant", { refresh: ["listGrants"] });
  const end = async ({ id, user }: Shown): Promise<void> => {
    const answers = { yes: words.revoke, no: text.common.actions.cancel, danger: true };
    if (!(await confirm(words.revokeConfirm(user?.name ?? words.somebody), answers))) return;
    revoke.mutate({ path: { id: connection, grant: id } }, { onError: (error) => tellProblem(error, text) });
  };
  if (items.length === 0) return <Empty title={words.empty} />;
  return (
    <Paper withBorder radius="md">
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing="xs" aria-label={words.title}>
          <Table.Tbody>
            {items.map((grant) => (
              <Table.Tr key={grant.id}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {grant.user?.name ?? words.somebody}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <When at={grant.at} long />
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  {may("hub:write") && (
                    <Button size="compact-xs" variant="subtle" color="red" onClick={() => void end(grant)}>
                      {words.revoke}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
