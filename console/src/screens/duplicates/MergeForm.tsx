import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { useFields, useUsers } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import type { Mergeable } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { type FieldValue, fieldText } from "../../ui/field-value.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered, ProblemNote } from "../../ui/problem.tsx";

const refresh = ["listDuplicates", "listMerges", "listContacts", "listCompanies", "getContact", "getCompany", "listDealCards"] as const;
const members = {
  contact: ["name", "position", "website", "responsible"],
  company: ["name", "inn", "kpp", "website", "responsible"],
} as const;

interface Known {
  readonly id: number;
  readonly shown: string;
  readonly values: Readonly<Record<string, string>>;
}

type Answer = Pick<UseQueryResult<{ readonly items: readonly Readonly<Record<string, unknown>>[] }, Error>, "data" | "error" | "refetch">;

/** Asks which record stays, and where they differ, whose value. */
export function MergeForm({
  entity,
  ids,
  opened,
  onClose,
}: {
  readonly entity: Mergeable;
  readonly ids: readonly number[];
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const words = useText().duplicates;
  return (
    <Modal opened={opened} onClose={onClose} title={words.keep} size="lg">
      {opened && <Choices entity={entity} ids={ids} onClose={onClose} />}
    </Modal>
  );
}

function Choices({ entity, ids, onClose }: { readonly entity: Mergeable; readonly ids: readonly number[]; readonly onClose: () => void }) {
  const query = { query: { ids: ids.join(","), limit: 50, sort: "id" } } as const;
  const contacts = useAsk("listContacts", query, { enabled: entity === "contact" });
  const companies = useAsk("listCompanies", query, { enabled: entity === "company" });
  const { nameOf } = useUsers();
  const fields = useFields(entity);
  const format = useFormat();
  const known = (records: readonly Readonly<Record<string, unknown>>[]): Known[] =>
    records.map((record) => ({
      id: record["id"] as number,
      shown: String(record["full_name"] ?? record["name"] ?? "") || `#${String(record["id"])}`,
      values: {
        ...Object.fromEntries(
          members[entity].map((member) => [
            member,
            member === "responsible"
              ? nameOf(record[member] as number | null)
              : member === "name"
                ? String(record["full_name"] ?? record["name"] ?? "")
                : String(record[member] ?? ""),
          ]),
        ),
        ...Object.fromEntries(
          fields.map(({ code }) => [`fields.${code}`, fieldText((record["fields"] as Record<string, FieldValue>)[code], format)]),
        ),
      },
    }));
  return (
    <Answered of={(entity === "contact" ? contacts : companies) as Answer}>
      {({ items }) => <ChoiceForm entity={entity} records={known(items)} onClose={onClose} />}
    </Answered>
  );
}

function ChoiceForm({
  entity,
  records,
  onClose,
}: {
  readonly entity: Mergeable;
  readonly records: readonly Known[];
  readonly onClose: () => void;
}) {
  const text = useText();
  const words = text.duplicates;
  const fields = useFields(entity);
  const [kept, setKept] = useState(String(records[0]?.id ?? ""));
  const [choices, setChoices] = useState<Readonly<Record<string, number>>>({});
  const undo = useSend("undoMerge", { refresh, onDone: () => notifications.show({ message: words.undone }) });
  const done = (merge: number): void => {
    onClose();
    const id = `merge-${merge}`;
    notifications.show({
      id,
      autoClose: 15_000,
      title: words.merged,
      message: (
        <Button
          size="compact-xs"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo.mutate({ path: { id: merge } });
          }}
        >
          {words.undo}
        </Button>
      ),
    });
  };
  const contacts = useSend("mergeContacts", { refresh, onDone: ({ merge }) => done(merge) });
  const companies = useSend("mergeCompanies", { refresh, onDone: ({ merge }) => done(merge) });
  const merge = entity === "contact" ? contacts : companies;

  const differing = Object.keys(records[0]?.values ?? {}).filter(
    (member) => new Set(records.map(({ values }) => values[member] ?? "").filter((value) => value !== "")).size > 1,
  );
  const labelOf = (member: string): string =>
    member.startsWith("fields.")
      ? (fields.find(({ code }) => code === member.slice(7))?.name ?? member)
      : ((entity === "company" && member === "name" ? text.contacts.fields.companyName : text.contacts.members[member]) ?? member);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        merge.mutate({
          path: { id: Number(kept) },
          body: { from: records.map(({ id }) => id).filter((id) => id !== Number(kept)), choices: { ...choices } },
        });
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {words.keepText}
        </Text>
        <Radio.Group value={kept} onChange={setKept} aria-label={words.keep}>
          <Stack gap="xs">
            {records.map(({ id, shown }) => (
              <Radio key={id} value={String(id)} label={`${shown} · #${id}`} />
            ))}
          </Stack>
        </Radio.Group>
        {differing.length > 0 && (
          <>
            <Text fw={600} size="sm">
              {words.choose}
            </Text>
            {differing.map((member) => (
              <Radio.Group
                key={member}
                label={labelOf(member)}
                size="sm"
                value={String(choices[member] ?? kept)}
                onChange={(value) => setChoices({ ...choices, [member]: Number(value) })}
              >
                <Group mt={4}>
                  {records
                    .filter(({ values }) => (values[member] ?? "") !== "")
                    .map(({ id, values }) => (
                      <Radio key={id} size="xs" value={String(id)} label={values[member]} />
                    ))}
                </Group>
              </Radio.Group>
            ))}
          </>
        )}
        <ProblemNote error={merge.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.common.actions.cancel}
          </Button>
          <Button type="submit" loading={merge.isPending}>
            {words.merge}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
