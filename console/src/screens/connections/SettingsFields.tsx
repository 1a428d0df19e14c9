import {
  Accordion,
  Checkbox,
  FileInput,
  Image,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { usePipelines, useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import type { Vendor } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";

type Setting = Vendor["settings"][number];
export type Values = Readonly<Record<string, unknown>>;

/** What a new connection begins with. */
export const standardValues = (settings: readonly Setting[]): Values =>
  Object.fromEntries(settings.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])));

/** The form of a vendor, made from what it says of its settings: the ones that matter first, grouped, only where they mean something. */
export function SettingsFields({
  settings,
  values,
  errors,
  secretsSet = [],
  onChange,
}: {
  readonly settings: readonly Setting[];
  readonly values: Values;
  readonly errors: Readonly<Record<string, string>>;
  /** Names of secrets that have a value already. */
  readonly secretsSet?: readonly string[];
  readonly onChange: (name: string, value: unknown) => void;
}) {
  const text = useText();
  const language = useLanguage();
  const meant = settings.filter((setting) => isMeant(setting, settings, values));
  // Nobody types what the hub makes.
  const typed = meant.filter(({ secret }) => !secret?.generated);
  const shown = typed.filter(({ advanced, name }) => !advanced || errors[name] !== undefined);
  const more = typed.filter(({ advanced, name }) => advanced && errors[name] === undefined);
  const list = (of: readonly Setting[]) =>
    [...Map.groupBy(of, ({ group }) => group?.[language] ?? "")].map(([group, each]) => (
      <Stack key={group} gap="sm">
        {group !== "" && (
          <Text fw={600} size="sm" mt="xs">
            {group}
          </Text>
        )}
        {each.map((setting) => (
          <Field
            key={setting.name}
            setting={setting}
            value={values[setting.name]}
            error={errors[setting.name]}
            isSet={secretsSet.includes(setting.name)}
            onChange={(value) => onChange(setting.name, value)}
          />
        ))}
      </Stack>
    ));
  return (
    <Stack gap="sm">
      {list(shown)}
      {more.length > 0 && (
        <Accordion variant="contained">
          <Accordion.Item value="more">
            <Accordion.Control>{text.connections.advanced}</Accordion.Control>
            <Accordion.Panel>
              <Stack>{list(more)}</Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Stack>
  );
}

interface FieldProps {
  readonly setting: Setting;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly isSet: boolean;
  readonly onChange: (value: unknown) => void;
}

function Field({ setting, value, error, isSet, onChange }: FieldProps) {
  const text = useText();
  const language = useLanguage();
  const common = {
    label: setting.label[language],
    description: setting.hint?.[language],
    error,
    required: setting.required,
    ...(setting.placeholder !== undefined && { placeholder: setting.placeholder }),
  };
  if (setting.picture) return <PictureField common={common} value={value} onChange={onChange} />;
  if (setting.picks) return <PickField setting={setting} value={value} onChange={onChange} common={common} />;
  switch (setting.type) {
    case "number":
      return (
        <NumberInput
          {...common}
          value={(value as number | string | undefined) ?? ""}
          {...(setting.min !== undefined && { min: setting.min })}
          {...(setting.max !== undefined && { max: setting.max })}
          clampBehavior="none"
          onChange={(next) => onChange(next === "" ? undefined : next)}
        />
      );
    case "flag":
      return (
        <Checkbox
          label={common.label}
          description={common.description}
          error={error}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          allowDeselect={false}
          data={Object.entries(setting.options ?? {}).map(([key, label]) => ({ value: key, label: label[language] ?? key }))}
          value={(value as string | undefined) ?? null}
          onChange={onChange}
        />
      );
    case "list":
      if (setting.options)
        return (
          <MultiSelect
            {...common}
            data={Object.entries(setting.options).map(([key, label]) => ({ value: key, label: label[language] ?? key }))}
            clearable
            value={(value as string[] | undefined) ?? []}
            onChange={onChange}
          />
        );
      return <TagsInput {...common} value={(value as string[] | undefined) ?? []} onChange={onChange} />;
    case "secret":
      return (
        <PasswordInput
          {...common}
          required={setting.required && !isSet}
          autoComplete="new-password"
          placeholder={isSet ? text.connections.secretSet : ""}
          value={(value as string | undefined) ?? ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? undefined : currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          value={(value as string | undefined) ?? ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}

/** Pipelines, stages, people and connections are chosen by name; their ids are what is kept. */
function PickField({
  setting,
  value,
  onChange,
  common,
}: Pick<FieldProps, "setting" | "value" | "onChange"> & {
  readonly common: { label: string | undefined; description: string | undefined; error: string | undefined; required: boolean };
}) {
  const { pipelines } = usePipelines();
  const { active } = useUsers();
  const connections = useAsk("listConnections", { query: { limit: 250 } }, { enabled: setting.picks === "connection", staleTime: 60_000 });
  const choices =
    setting.picks === "pipeline"
      ? pipelines.map(({ id, name }) => ({ value: String(id), label: name }))
      : setting.picks === "stage"
        ? pipelines.flatMap((pipeline) =>
            pipeline.stages.map((stage) => ({ value: String(stage.id), label: `${pipeline.name}: ${stage.name}` })),
          )
        : setting.picks === "user"
          ? active.map(({ id, name }) => ({ value: String(id), label: name }))
          : (connections.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  return setting.type === "list" ? (
    <MultiSelect {...common} data={choices} searchable clearable value={(value as string[] | undefined) ?? []} onChange={onChange} />
  ) : (
    <Select
      {...common}
      // What is kept may be a word that no record has, such as a kind of engine.
      data={
        value === undefined || value === "" || choices.some((choice) => choice.value === value)
          ? choices
          : [...choices, { value: String(value), label: String(value) }]
      }
      searchable
      clearable
      value={value === undefined || value === "" ? null : String(value)}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}

/** A picture goes along with the form as text; the browser reads it. */
function PictureField({
  common,
  value,
  onChange,
}: {
  readonly common: {
    readonly label: string | undefined;
    readonly description: string | undefined;
    readonly error: string | undefined;
    readonly required: boolean;
  };
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const read = (file: File | null): void => {
    if (!file) {
      onChange(undefined);
      return;
    }
    const reader = new FileReader();
    reader.onload = () => onChange(reader.result);
    reader.readAsDataURL(file);
  };
  return (
    <Stack gap={6}>
      <FileInput {...common} accept="image/png,image/jpeg,image/gif,image/webp" clearable onChange={read} />
      {typeof value === "string" && value !== "" && <Image src={value} alt="" w={64} h={64} radius="md" fit="contain" />}
    </Stack>
  );
}

/** Whether it means something beside what else is chosen: and that, in its turn. */
export function isMeant({ when }: Setting, settings: readonly Setting[], values: Values): boolean {
  if (!when) return true;
  const other = settings.find(({ name }) => name === when.setting);
  return when.is.some((value) => value === (values[when.setting] ?? "")) && (!other || isMeant(other, settings, values));
}
