import { Button, Group, Paper, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMemo, useState } from "react";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { Answered, ProblemNote, showInForm } from "../../ui/problem.tsx";

type Workspace = AnswerOf<"getWorkspace">;

const countries = ["RU", "BY", "KZ", "KG", "UZ", "AM", "GE", "AZ", "TJ", "UA", "MD", "DE", "GB", "US", "TR", "AE", "CN"];
const currencies = ["RUB", "BYN", "KZT", "KGS", "UZS", "AMD", "GEL", "AZN", "UAH", "USD", "EUR", "GBP", "TRY", "AED", "CNY"];

export function CompanySettings() {
  const workspace = useAsk("getWorkspace");
  return <Answered of={workspace}>{(found) => <CompanyForm workspace={found} />}</Answered>;
}

function CompanyForm({ workspace }: { readonly workspace: Workspace }) {
  const text = useText();
  const language = useLanguage();
  const words = text.settings.company;
  const [problem, setProblem] = useState<string>();
  const change = useSend("changeWorkspace", { refresh: ["getWorkspace", "whoAmI"] });
  const { name, country, time_zone, currency } = workspace;
  const form = useForm({
    initialValues: { name, country, time_zone, currency, language: workspace.language },
    validate: { name: (value) => (value.trim() === "" ? text.common.required : null) },
  });
  const names = useMemo(
    () => ({
      region: new Intl.DisplayNames(language, { type: "region" }),
      currency: new Intl.DisplayNames(language, { type: "currency" }),
    }),
    [language],
  );
  async function submit(values: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      await change.mutateAsync({ body: { ...values, name: values.name.trim() } });
      form.resetDirty();
      notifications.show({ message: text.common.saved, color: "teal" });
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <Paper withBorder p="md" radius="md">
      <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
        <Stack maw={480}>
          <TextInput label={words.name} maxLength={200} {...form.getInputProps("name")} />
          <Select
            label={words.country}
            description={words.countryHint}
            searchable
            allowDeselect={false}
            data={[...new Set([country, ...countries])].map((code) => ({ value: code, label: names.region.of(code) ?? code }))}
            {...form.getInputProps("country")}
          />
          <Select
            label={words.timeZone}
            searchable
            allowDeselect={false}
            data={[...new Set([time_zone, ...Intl.supportedValuesOf("timeZone")])]}
            {...form.getInputProps("time_zone")}
          />
          <Select
            label={words.currency}
            searchable
            allowDeselect={false}
            data={[...new Set([currency, ...currencies])].map((code) => ({
              value: code,
              label: `${code} · ${names.currency.of(code) ?? ""}`,
            }))}
            {...form.getInputProps("currency")}
          />
          <Select
            label={words.language}
            description={words.languageHint}
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
