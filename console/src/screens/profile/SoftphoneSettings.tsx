import { Button, Checkbox, Group, Paper, PasswordInput, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { Answered, ProblemNote, showInForm } from "../../ui/problem.tsx";

type Settings = AnswerOf<"getOwnSoftphone">["softphone"];

/** One's own phone in the browser. */
export function SoftphoneSettings() {
  const softphone = useAsk("getOwnSoftphone", {}, { staleTime: 300_000 });
  return <Answered of={softphone}>{(found) => <SoftphoneForm key={JSON.stringify(found)} known={found.softphone} />}</Answered>;
}

function SoftphoneForm({ known }: { readonly known: Settings }) {
  const text = useText();
  const words = text.softphone;
  const [problem, setProblem] = useState<string>();
  const save = useSend("setOwnSoftphone", { refresh: ["getOwnSoftphone"] });
  const remove = useSend("removeOwnSoftphone", { refresh: ["getOwnSoftphone"] });
  const form = useForm({
    initialValues: {
      enabled: known?.enabled ?? true,
      server: known?.server ?? "",
      uri: known?.uri ?? "",
      login: known?.login ?? "",
      password: "",
      display_name: known?.display_name ?? "",
      ice_servers: known?.ice_servers ?? [],
    },
    validate: {
      server: (value) => (/^wss?:\/\/./.test(value) ? null : "wss://…"),
      uri: (value) => (/^sips?:[^\s@]+@\S+$/.test(value) ? null : "sip:…@…"),
    },
  });
  async function submit({ login, password, display_name, ...rest }: typeof form.values): Promise<void> {
    setProblem(undefined);
    const orNull = (value: string): string | null => (value.trim() === "" ? null : value.trim());
    try {
      await save.mutateAsync({
        body: { ...rest, login: orNull(login), display_name: orNull(display_name), ...(password !== "" && { password }) },
      });
      notifications.show({ message: text.common.saved, color: "teal" });
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <Paper withBorder p="md" radius="md">
      <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
        <Stack>
          <Text fw={600} component="h2">
            {words.title}
          </Text>
          <Text size="sm" c="dimmed">
            {words.text}
          </Text>
          <Checkbox label={words.enabled} {...form.getInputProps("enabled", { type: "checkbox" })} />
          <TextInput label={words.server} placeholder="wss://pbx.example:8089/ws" {...form.getInputProps("server")} />
          <TextInput label={words.uri} placeholder="sip:101@pbx.example" {...form.getInputProps("uri")} />
          <TextInput label={words.login} description={words.loginHint} autoComplete="off" {...form.getInputProps("login")} />
          <PasswordInput
            label={words.password}
            autoComplete="new-password"
            placeholder={known?.password ? words.passwordSet : ""}
            {...form.getInputProps("password")}
          />
          <TextInput label={words.displayName} {...form.getInputProps("display_name")} />
          <TagsInput label={words.iceServers} placeholder="stun:stun.example:3478" {...form.getInputProps("ice_servers")} />
          <ProblemNote error={problem} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              {text.common.actions.save}
            </Button>
            {known && (
              <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate({})}>
                {words.remove}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
