import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Contact } from "../data/shapes.ts";
import { useText } from "../text/text.tsx";
import { PhoneLink } from "./phone.tsx";
import { inWords } from "./problem.tsx";

type Channels = Pick<Contact, "phones" | "emails" | "messengers">;
type Kind = keyof Channels;

/** The phones, e-mails and messengers of a person or a company. */
export function ChannelFields({
  of,
  disabled,
  onSave,
}: {
  readonly of: Channels;
  readonly disabled: boolean;
  readonly onSave: (changes: Partial<Channels>) => Promise<boolean>;
}) {
  const text = useText();
  const words = text.contacts;
  const [editing, setEditing] = useState<Kind>();
  const lines = (kind: Kind, label: string, add: string, show: (value: string, item: Channels[Kind][number]) => React.ReactNode) => (
    <div>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        {!disabled && editing !== kind && of[kind].length > 0 && (
          <ActionIcon size="xs" color="gray" aria-label={`${text.common.actions.edit}: ${label}`} onClick={() => setEditing(kind)}>
            <IconPencil size={13} />
          </ActionIcon>
        )}
      </Group>
      {editing === kind ? (
        <ChannelEditor
          kind={kind}
          label={label}
          items={of[kind] as readonly Draft[]}
          onCancel={() => setEditing(undefined)}
          onSave={async (items) => {
            await onSave({ [kind]: items } as Partial<Channels>);
            setEditing(undefined);
          }}
        />
      ) : (
        <Stack gap={2}>
          {of[kind].map((item) => (
            <Text key={item.value} size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
              {show(item.value, item)}{" "}
              <Text span size="xs" c="dimmed">
                {"network" in item ? item.network : words.labels[item.label]}
              </Text>
            </Text>
          ))}
          {of[kind].length === 0 && !disabled && (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPlus size={13} />}
              w="fit-content"
              onClick={() => setEditing(kind)}
            >
              {add}
            </Button>
          )}
        </Stack>
      )}
    </div>
  );
  return (
    <>
      {lines("phones", words.members["phones"] ?? "", words.addPhone, (value, item) => (
        <PhoneLink phone={("e164" in item ? item.e164 : null) ?? value} />
      ))}
      {lines("emails", words.members["emails"] ?? "", words.addEmail, (value) => (
        <a href={`mailto:${value}`}>{value}</a>
      ))}
      {lines("messengers", words.members["messengers"] ?? "", words.addMessenger, (value) => value)}
    </>
  );
}

interface Draft {
  readonly value: string;
  readonly label?: "work" | "mobile" | "home" | "other";
  readonly network?: string;
}

const networks = ["telegram", "whatsapp", "vk", "max", "viber", "skype"];

function ChannelEditor({
  kind,
  label,
  items,
  onSave,
  onCancel,
}: {
  readonly kind: Kind;
  readonly label: string;
  readonly items: readonly Draft[];
  readonly onSave: (items: readonly Draft[]) => Promise<void>;
  readonly onCancel: () => void;
}) {
  const text = useText();
  const words = text.contacts;
  const [drafts, setDrafts] = useState<readonly (Draft & { readonly key: number })[]>(() =>
    [...items, ...(items.length === 0 ? [{ value: "" }] : [])].map((item, key) => ({ ...item, key })),
  );
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const set = (key: number, changes: Partial<Draft>): void =>
    setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...changes } : draft)));
  async function save(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await onSave(
        drafts
          .filter(({ value }) => value.trim() !== "")
          .map(({ value, label, network }) =>
            kind === "messengers"
              ? { value: value.trim(), network: network ?? "telegram" }
              : { value: value.trim(), ...(label && { label }) },
          ),
      );
    } catch (error) {
      setProblem(inWords(error, text));
      setBusy(false);
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap={6}>
        {drafts.map((draft, index) => (
          <Group key={draft.key} gap={4} wrap="nowrap">
            <TextInput
              size="xs"
              flex={1}
              type={kind === "phones" ? "tel" : kind === "emails" ? "email" : "text"}
              aria-label={`${label} ${index + 1}`}
              value={draft.value}
              autoFocus={index === drafts.length - 1}
              onChange={({ currentTarget }) => set(draft.key, { value: currentTarget.value })}
            />
            <Select
              size="xs"
              w={110}
              aria-label={text.activity.type}
              allowDeselect={false}
              data={
                kind === "messengers"
                  ? networks
                  : (["work", "mobile", "home", "other"] as const).map((value) => ({ value, label: words.labels[value] }))
              }
              value={kind === "messengers" ? (draft.network ?? "telegram") : (draft.label ?? "work")}
              onChange={(value) =>
                set(draft.key, kind === "messengers" ? { network: value ?? "telegram" } : { label: value as NonNullable<Draft["label"]> })
              }
            />
            <ActionIcon
              size="sm"
              color="gray"
              aria-label={`${text.common.actions.remove}: ${draft.value}`}
              onClick={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        ))}
        {problem && (
          <Text size="xs" c="red" role="alert">
            {problem}
          </Text>
        )}
        <Group gap="xs">
          <Button size="compact-xs" type="submit" loading={busy}>
            {text.common.actions.save}
          </Button>
          <Button size="compact-xs" variant="default" onClick={onCancel}>
            {text.common.actions.cancel}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} />}
            onClick={() => setDrafts([...drafts, { value: "", key: Math.max(0, ...drafts.map(({ key }) => key)) + 1 }])}
          >
            {text.common.actions.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
