import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Modal,
  Paper,
  SegmentedControl,
  Select,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useFields } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import type { Entity, Field } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Empty, ProblemNote, showInForm, tellProblem } from "../../ui/problem.tsx";

const refresh = ["listFields"] as const;

/** Fields of one's own on deals, contacts and companies. */
export function Fields() {
  const text = useText();
  const words = text.settings.fields;
  const [entity, setEntity] = useState<Entity>("deal");
  const fields = useFields(entity);
  const [editing, setEditing] = useState<Field | "new">();
  const remove = useSend("deleteField", { refresh });
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          value={entity}
          aria-label={words.type}
          onChange={(value) => setEntity(value as Entity)}
          data={(["deal", "contact", "company"] as const).map((value) => ({ value, label: text.common.entities[value] }))}
        />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
          {words.add}
        </Button>
      </Group>
      {fields.length === 0 ? (
        <Empty title={words.empty} />
      ) : (
        <Paper withBorder radius="md">
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.name}</Table.Th>
                <Table.Th>{words.type}</Table.Th>
                <Table.Th>{words.code}</Table.Th>
                <Table.Th aria-label={text.common.actions.actions} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map((field) => (
                <Table.Tr key={field.id}>
                  <Table.Td>
                    {field.name}
                    {field.options.length > 0 && (
                      <Text size="xs" c="dimmed">
                        {field.options.map(({ value }) => value).join(", ")}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Badge variant="light" color="gray" tt="none">
                      {words.types[field.type]}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <code>{field.code}</code>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <ActionIcon
                        size="sm"
                        color="gray"
                        aria-label={`${text.common.actions.edit}: ${field.name}`}
                        onClick={() => setEditing(field)}
                      >
                        <IconPencil size={15} />
                      </ActionIcon>
                      <ActionIcon
                        size="sm"
                        color="red"
                        aria-label={`${text.common.actions.delete}: ${field.name}`}
                        onClick={() =>
                          void confirm(words.deleteConfirm(field.name), {
                            yes: text.common.actions.delete,
                            no: text.common.actions.cancel,
                            danger: true,
                          }).then(
                            (yes) => yes && remove.mutate({ path: { id: field.id } }, { onError: (error) => tellProblem(error, text) }),
                          )
                        }
                      >
                        <IconTrash size={15} />
                      </ActionIcon>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === "new" ? words.add : editing?.name}>
        {editing !== undefined && (
          <FieldForm entity={entity} field={editing === "new" ? undefined : editing} onDone={() => setEditing(undefined)} />
        )}
      </Modal>
    </Stack>
  );
}

/** Nobody but a program needs one for its data. */
const typesFor = (field: Field | undefined): Field["type"][] => (field ? [field.type] : fieldTypes);
const fieldTypes: Field["type"][] = [
  "text",
  "number",
  "flag",
  "date",
  "moment",
  "select",
  "multiselect",
  "url",
  "phone",
  "email",
  "money",
  "address",
];

function FieldForm({ entity, field, onDone }: { readonly entity: Entity; readonly field: Field | undefined; readonly onDone: () => void }) {
  const text = useText();
  const words = text.settings.fields;
  const [problem, setProblem] = useState<string>();
  const create = useSend("createField", { refresh });
  const update = useSend("updateField", { refresh });
  const form = useForm({
    initialValues: {
      name: field?.name ?? "",
      code: field?.code ?? "",
      type: field?.type ?? ("text" as Field["type"]),
      options: (field?.options ?? []).map(({ value }) => value).join("\n"),
    },
    validate: {
      name: (value) => (value.trim() === "" ? text.common.required : null),
      code: (value) => (value === "" || /^[A-Za-z][A-Za-z0-9_.-]*$/.test(value) ? null : words.codeHint),
    },
  });
  const chooses = form.values.type === "select" || form.values.type === "multiselect";
  async function submit({ name, code, type, options }: typeof form.values): Promise<void> {
    setProblem(undefined);
    const known = new Map((field?.options ?? []).map(({ value, id, code }) => [value, { id, code }]));
    const body = {
      name: name.trim(),
      ...(code !== "" && { code }),
      ...(chooses && {
        options: options
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "")
          .map((value) => ({ value, ...known.get(value) })),
      }),
    };
    try {
      if (field) await update.mutateAsync({ path: { id: field.id }, body });
      else await create.mutateAsync({ body: { ...body, entity, type } });
      onDone();
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <TextInput label={words.name} data-autofocus maxLength={500} {...form.getInputProps("name")} />
        <Select
          label={words.type}
          allowDeselect={false}
          disabled={field !== undefined}
          data={typesFor(field).map((value) => ({ value, label: words.types[value] }))}
          {...form.getInputProps("type")}
        />
        {chooses && <Textarea label={words.options} autosize minRows={3} {...form.getInputProps("options")} />}
        <TextInput label={words.code} description={words.codeHint} maxLength={64} {...form.getInputProps("code")} />
        <ProblemNote error={problem} />
        <Button type="submit" loading={create.isPending || update.isPending}>
          {field ? text.common.actions.save : text.common.actions.create}
        </Button>
      </Stack>
    </form>
  );
}
