import { Alert, Button, Group, Paper, SimpleGrid, Stack, Stepper, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlugConnected, IconSparkles } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { Copyable } from "../../ui/copy.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { ProblemNote, showInForm } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { CompanySettings } from "../settings/Company.tsx";

/** The first run: the company, its people, and where the clients come from; or a look around with demo data. */
export function Start() {
  const text = useText();
  const words = text.start;
  const navigate = useNavigate();
  const [step, setStep] = useState(0);
  const next = (): void => setStep(step + 1);
  return (
    <Screen title={words.title}>
      <Stepper active={step} onStepClick={setStep} size="sm">
        <Stepper.Step label={words.steps.company}>
          <Stack>
            <Text c="dimmed">{words.companyText}</Text>
            <CompanySettings />
            <Group>
              <Button onClick={next}>{text.common.actions.next}</Button>
            </Group>
          </Stack>
        </Stepper.Step>
        <Stepper.Step label={words.steps.people}>
          <Stack>
            <Text c="dimmed">{words.peopleText}</Text>
            <Invite />
            <Group>
              <Button onClick={next}>{text.common.actions.next}</Button>
            </Group>
          </Stack>
        </Stepper.Step>
        <Stepper.Step label={words.steps.connection}>
          <Stack>
            <Text c="dimmed">{words.connectionText}</Text>
            <Vendors />
            <Demo />
            <Group>
              <Button variant="default" onClick={() => void navigate({ to: "/deals" })}>
                {words.finish}
              </Button>
            </Group>
          </Stack>
        </Stepper.Step>
      </Stepper>
    </Screen>
  );
}

function Invite() {
  const text = useText();
  const words = text.start;
  const [problem, setProblem] = useState<string>();
  const [invited, setInvited] = useState<readonly { readonly name: string; readonly url: string }[]>([]);
  const add = useSend("addUser", { refresh: ["listUsers"] });
  const form = useForm({
    initialValues: { name: "", email: "" },
    validate: {
      name: (value) => (value.trim() === "" ? text.common.required : null),
      email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : text.common.wrongEmail),
    },
  });
  async function submit({ name, email }: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      const user = await add.mutateAsync({ body: { name: name.trim(), email: email.trim(), role: "manager" } });
      setInvited([...invited, { name: user.name, url: user.invitation_url ?? "" }]);
      form.reset();
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <Paper withBorder p="md" radius="md">
      <Stack>
        <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
          <Group align="flex-start" wrap="wrap">
            <TextInput label={text.settings.people.name} flex="1 1 180px" maxLength={200} {...form.getInputProps("name")} />
            <TextInput label={text.settings.people.email} type="email" flex="1 1 180px" {...form.getInputProps("email")} />
            <Button type="submit" mt={25} variant="default" loading={add.isPending}>
              {words.addPerson}
            </Button>
          </Group>
        </form>
        <ProblemNote error={problem} />
        {invited.length > 0 && <Alert color="teal">{words.invited}</Alert>}
        {invited.map(({ name, url }) => (
          <div key={url}>
            <Text size="sm">{name}</Text>
            <Copyable value={url} block label={name} />
          </div>
        ))}
      </Stack>
    </Paper>
  );
}

function Vendors() {
  const language = useLanguage();
  const vendors = useAsk("listVendors", { query: { limit: 250 } });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {(vendors.data?.items ?? [])
        .filter(({ settings }) => settings.length > 0)
        .map((vendor) => (
          <LinkButton
            key={vendor.id}
            to="/connections/new/$vendor"
            params={{ vendor: vendor.id }}
            variant="default"
            justify="flex-start"
            h="auto"
            py="sm"
            leftSection={<IconPlugConnected size={18} />}
            styles={{ label: { whiteSpace: "normal" } }}
          >
            {vendor.title[language]}
          </LinkButton>
        ))}
    </SimpleGrid>
  );
}

/** Fills the company with half a year that never was. */
export function Demo() {
  const text = useText();
  const words = text.start;
  const client = useQueryClient();
  const navigate = useNavigate();
  const start = useSend("startDemo", {
    onDone: () => {
      void client.invalidateQueries();
      void navigate({ to: "/deals" });
    },
  });
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" align="flex-start">
        <div style={{ flex: "1 1 260px" }}>
          <Text fw={600} component="h2">
            {words.demoTitle}
          </Text>
          <Text size="sm" c="dimmed">
            {words.demoText}
          </Text>
        </div>
        <Button
          leftSection={<IconSparkles size={16} />}
          variant="light"
          loading={start.isPending}
          onClick={() => start.mutate({ body: {} })}
        >
          {words.demo}
        </Button>
      </Group>
      <ProblemNote error={start.error} />
    </Paper>
  );
}
