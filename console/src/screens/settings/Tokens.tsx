import { Alert, Badge, Button, Checkbox, Group, Modal, Paper, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Copyable } from "../../ui/copy.tsx";
import { When } from "../../ui/format.tsx";
import { Answered, Empty, inWords, tellProblem } from "../../ui/problem.tsx";

const scopes = ["crm:read", "crm:write", "crm:setup", "hub:read", "hub:write", "users:write"] as const;

/** How programs come in. */
export function Tokens() {
  const text = useText();
  const words = text.settings.tokens;
  const tokens = useAsk("listTokens", { query: { limit: 250 } });
  const [adding, setAdding] = useState(false);
  const revoke = useSend("revokeToken", { refresh: ["listTokens"] });
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {words.docs}{" "}
          <a href="/docs" target="_blank" rel="noreferrer" style={{ textDecoration: "underline" }}>
            /docs
          </a>
        </Text>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {words.add}
        </Button>
      </Group>
      <Answered of={tokens}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty} />
          ) : (
            <Paper withBorder radius="md">
              <Table.ScrollContainer minWidth={560}>
                <Table verticalSpacing="xs">
                  <Table.Tbody>
                    {items.map((token) => (
                      <Table.Tr key={token.id}>
                        <Table.Td>
                          <Text size="sm" fw={600}>
                            {token.name}
                          </Text>
                          <Text size="xs" c="dimmed">
                            {words.lastUsed}: {token.last_used_at ? <When at={token.last_used_at} long /> : words.never}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <Text size="xs">{token.scopes.map((scope) => words.scopeNames[scope] ?? scope).join(", ")}</Text>
                        </Table.Td>
                        <Table.Td ta="right">
                          {token.revoked_at ? (
                            <Badge color="gray" variant="light" tt="none">
                              {words.revoked}
                            </Badge>
                          ) : (
                            <Button
                              size="compact-xs"
                              variant="subtle"
                              color="red"
                              onClick={() =>
                                void confirm(words.revokeConfirm(token.name), {
                                  yes: words.revoke,
                                  no: text.common.actions.cancel,
                                  danger: true,
                                }).then(
                                  (yes) =>
                                    yes && revoke.mutate({ path: { id: token.id } }, { onError: (error) => tellProblem(error, text) }),
                                )
                              }
                            >
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
          )
        }
      </Answered>
      <Modal opened={adding} onClose={() => setAdding(false)} title={words.add}>
        {adding && <NewToken onDone={() => setAdding(false)} />}
      </Modal>
    </Stack>
  );
}

function NewToken({ onDone }: { readonly onDone: () => void }) {
  const text = useText();
  const words = text.settings.tokens;
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(["crm:read", "crm:write"]);
  const create = useSend("createToken", { refresh: ["listTokens"] });
  if (create.data) {
    return (
      <Stack>
        <Alert color="teal">{words.shown}</Alert>
        <Copyable value={create.data.api_token} block label={words.add} />
        <Button onClick={onDone}>{text.common.actions.done}</Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body: { name: name.trim(), scopes: chosen as (typeof scopes)[number][] } });
      }}
    >
      <Stack>
        <TextInput
          label={words.name}
          data-autofocus
          maxLength={200}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={create.error && inWords(create.error, text)}
        />
        <Checkbox.Group label={words.scopes} value={chosen} onChange={setChosen}>
          <Stack gap="xs" mt="xs">
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={`${words.scopeNames[scope]} (${scope})`} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Button type="submit" loading={create.isPending} disabled={name.trim() === "" || chosen.length === 0}>
          {text.common.actions.create}
        </Button>
      </Stack>
    </form>
  );
}
