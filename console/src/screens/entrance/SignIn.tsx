import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ApiProblem, send } from "../../data/client.ts";
import { useEnter } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { ProblemNote, showInForm } from "../../ui/problem.tsx";

/** Only to a page of ours: an address in a link may be anything. */
const safeTarget = (to: unknown): string => (typeof to === "string" && /^\/(?![/\\])/.test(to) ? to : "/");

export function SignIn() {
  const text = useText();
  const words = text.entrance.signIn;
  useDocumentTitle(`${words.title} · ${text.common.product}`);
  const { to } = useSearch({ strict: false }) as { to?: string };
  const router = useRouter();
  const enter = useEnter();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [severalWorkspaces, setSeveral] = useState(false);
  const form = useForm({
    initialValues: { email: "", password: "", workspace: "" },
    validate: {
      email: (value) => (value.trim() === "" ? text.common.required : null),
      password: (value) => (value === "" ? text.common.required : null),
    },
  });

  async function submit({ email, password, workspace }: typeof form.values): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("signIn", { body: { email: email.trim(), password, ...(workspace.trim() !== "" && { workspace: workspace.trim() }) } });
      await enter();
      router.history.push(safeTarget(to));
    } catch (error) {
      if (error instanceof ApiProblem && "workspace" in error.errors) setSeveral(true);
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
        <TextInput label={words.email} type="email" autoComplete="username" autoFocus {...form.getInputProps("email")} />
        <PasswordInput label={words.password} autoComplete="current-password" {...form.getInputProps("password")} />
        {severalWorkspaces && (
          <TextInput label={words.workspace} description={words.workspaceHint} autoCapitalize="none" {...form.getInputProps("workspace")} />
        )}
        <ProblemNote error={problem} />
        <Button type="submit" loading={busy}>
          {words.submit}
        </Button>
        <Text size="sm" c="dimmed">
          {words.forgot}
        </Text>
      </Stack>
    </form>
  );
}
