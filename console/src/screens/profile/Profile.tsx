import { Button, Group, Paper, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { Empty, ProblemNote, showInForm } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { SoftphoneSettings } from "./SoftphoneSettings.tsx";

export function Profile() {
  const text = useText();
  const { user } = useSession();
  if (!user) return <Empty title={text.common.notAllowed} />;
  return (
    <Screen title={text.profile.title}>
      <Stack maw={520}>
        <Me user={user} />
        <Password />
        <SoftphoneSettings />
      </Stack>
    </Screen>
  );
}

function Me({ user }: { readonly user: NonNullable<ReturnType<typeof useSession>["user"]> }) {
  const text = useText();
  const words = text.profile;
  const [problem, setProblem] = useState<string>();
  const change = useSend("changeProfile", { refresh: ["whoAmI", "listUsers"] });
  const form = useForm({
    initialValues: { name: user.name, phone: user.phone ?? "", language: user.language },
    validate: { name: (value) => (value.trim() === "" ? text.common.required : null) },
  });
  async function submit({ name, phone, language }: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      await change.mutateAsync({
        body: { name: name.trim(), phone: phone.trim() === "" ? null : phone.trim(), language: language as "ru" | "en" },
      });
      form.resetDirty();
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
            {words.me}
          </Text>
          <TextInput label={words.name} maxLength={200} {...form.getInputProps("name")} />
          <TextInput label={words.phone} type="tel" {...form.getInputProps("phone")} />
          <Select
            label={words.language}
            allowDeselect={false}
            data={[
              { value: "ru", label: "Русский" },
              { value: "en", label: "English" },
            ]}
            {...form.getInputProps("language")}
          />
          <ProblemNote error={problem} />
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              {text.common.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function Password() {
  const text = useText();
  const words = text.profile.password;
  const [problem, setProblem] = useState<string>();
  const change = useSend("changePassword");
  const form = useForm({
    initialValues: { current: "", password: "" },
    validate: {
      current: (value) => (value === "" ? text.common.required : null),
      password: (value) => (value.length < 8 ? text.entrance.short : null),
    },
  });
  async function submit(values: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      await change.mutateAsync({ body: values });
      form.reset();
      notifications.show({ message: words.changed, color: "teal" });
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
          <PasswordInput label={words.current} autoComplete="current-password" {...form.getInputProps("current")} />
          <PasswordInput label={words.next} autoComplete="new-password" {...form.getInputProps("password")} />
          <ProblemNote error={problem} />
          <Group>
            <Button type="submit" variant="default" loading={change.isPending}>
              {words.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
