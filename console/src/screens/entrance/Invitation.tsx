import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../data/client.ts";
import { useEnter } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { ProblemNote, showInForm } from "../../ui/problem.tsx";

/** Chooses a password with the code of an invitation. It stands behind "#", so it is never sent in an address. */
export function Invitation() {
  const text = useText();
  const words = text.entrance.invitation;
  useDocumentTitle(`${words.title} · ${text.common.product}`);
  const router = useRouter();
  const enter = useEnter();
  const [code] = useState(() => location.hash.slice(1));
  const [problem, setProblem] = useState<string | undefined>(code === "" ? words.noCode : undefined);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { password: "" },
    validate: { password: (value) => (value.length < 8 ? text.entrance.short : null) },
  });

  async function submit({ password }: { password: string }): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("acceptInvitation", { body: { code, password } });
      await enter();
      router.history.replace("/");
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
        <PasswordInput label={words.password} autoComplete="new-password" autoFocus {...form.getInputProps("password")} />
        <ProblemNote error={problem} />
        <Button type="submit" loading={busy} disabled={code === ""}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}
