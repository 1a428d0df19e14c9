import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../data/client.ts";
import { useEnter } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { ProblemNote, showInForm } from "../../ui/problem.tsx";
import { latinName } from "./latin-name.ts";

/** Makes the first company of an empty hub and signs its administrator in. The code stands behind "#", so it is never sent in an address. */
export function SetUp() {
  const text = useText();
  const language = useLanguage();
  const words = text.entrance.setup;
  useDocumentTitle(`${words.title} · ${text.common.product}`);
  const router = useRouter();
  const enter = useEnter();
  const [code] = useState(() => location.hash.slice(1));
  const [problem, setProblem] = useState<string | undefined>(code === "" ? words.noCode : undefined);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: "", subdomain: "", admin_name: "", admin_email: "", admin_password: "" },
    validate: {
      name: (value) => (value.trim() === "" ? text.common.required : null),
      subdomain: (value) => (/^[a-z0-9][a-z0-9-]{0,30}$/.test(value) ? null : words.subdomain),
      admin_name: (value) => (value.trim() === "" ? text.common.required : null),
      admin_email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : text.common.wrongEmail),
      admin_password: (value) => (value.length < 8 ? text.entrance.short : null),
    },
  });

  async function submit(values: typeof form.values): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    const { admin_email, admin_password } = { ...values, admin_email: values.admin_email.trim() };
    try {
      const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      await send("setUp", { body: { ...values, admin_email, code, time_zone, language } });
      await send("signIn", { body: { email: admin_email, password: admin_password, workspace: values.subdomain } });
      await enter();
      router.history.replace("/start");
    } catch (error) {
      setProblem(showInForm(form, error, text));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <Title order={1} size="h3">
          {words.title}
        </Title>
        <Text c="dimmed">{words.text}</Text>
        <TextInput
          label={words.company}
          autoComplete="organization"
          autoFocus
          maxLength={200}
          {...form.getInputProps("name")}
          onBlur={({ currentTarget }) => {
            if (form.values.subdomain === "") form.setFieldValue("subdomain", latinName(currentTarget.value));
          }}
        />
        <TextInput label={words.subdomain} description={words.subdomainHint} autoCapitalize="none" {...form.getInputProps("subdomain")} />
        <TextInput label={words.name} autoComplete="name" maxLength={200} {...form.getInputProps("admin_name")} />
        <TextInput label={words.email} type="email" autoComplete="username" {...form.getInputProps("admin_email")} />
        <PasswordInput label={words.password} autoComplete="new-password" {...form.getInputProps("admin_password")} />
        <ProblemNote error={problem} />
        <Button type="submit" loading={busy} disabled={code === ""}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}
