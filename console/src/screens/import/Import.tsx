import { Badge, Group, Paper, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconTableImport } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { ProblemNote, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

/** Brings a table; and the ones that were brought before. */
export function Import() {
  const words = useText().imports;
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const imports = useAsk("listImports", { query: { limit: 20 } });
  const upload = useSend("createImport", {
    refresh: ["listImports"],
    onDone: ({ id }) => void navigate({ to: "/import/$id", params: { id: String(id) } }),
  });
  const take = (file: File | undefined): void => {
    if (file) upload.mutate({ query: { name: file.name.slice(0, 255) }, file });
  };
  return (
    <Screen title={words.title}>
      <Stack>
        <Paper withBorder p="md" radius="md">
          <Text fw={600} component="h2">
            {words.choose}
          </Text>
          <Text size="sm" c="dimmed" mb="md">
            {words.chooseText}
          </Text>
          <UnstyledButton
            w="100%"
            p="xl"
            bd={`2px dashed ${over ? "var(--mantine-color-link-5)" : "var(--mantine-color-default-border)"}`}
            style={{ borderRadius: 12, textAlign: "center" }}
            disabled={upload.isPending}
            onClick={() => input.current?.click()}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              take(event.dataTransfer.files[0]);
            }}
          >
            {upload.isPending ? (
              <>
                <Waiting />
                {words.uploading}
              </>
            ) : (
              <Group justify="center">
                <IconTableImport size={28} />
                {words.drop}
              </Group>
            )}
          </UnstyledButton>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.tsv,.txt,.xlsx"
            aria-label={words.choose}
            onChange={({ currentTarget }) => {
              take(currentTarget.files?.[0]);
              currentTarget.value = "";
            }}
          />
          <ProblemNote error={upload.error} />
        </Paper>
        {(imports.data?.items.length ?? 0) > 0 && (
          <Paper withBorder p="md" radius="md">
            <Text fw={600} component="h2" mb="xs">
              {words.earlier}
            </Text>
            <Stack gap={6}>
              {imports.data?.items.map((one) => (
                <Group key={one.id} justify="space-between">
                  <Link to="/import/$id" params={{ id: String(one.id) }}>
                    {one.name || `#${one.id}`}
                  </Link>
                  <Group gap="xs">
                    <Text size="sm" c="dimmed">
                      {words.rows(one.rows)} · <When at={one.created_at} />
                    </Text>
                    <Badge variant="light" color={one.state === "done" ? "teal" : "gray"} tt="none">
                      {words.states[one.state]}
                    </Badge>
                  </Group>
                </Group>
              ))}
            </Stack>
          </Paper>
        )}
      </Stack>
    </Screen>
  );
}
