import { ActionIcon, Box, Checkbox, Group, MultiSelect, Select, Text, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useText } from "../text/text.tsx";
import { NumberField } from "./number-field.tsx";
import { inWords } from "./problem.tsx";

/** A value that becomes its own editor when it is clicked: Enter or leaving it saves, Escape does not. What was typed stays when saving fails. */

export interface Choice {
  readonly value: string;
  readonly label: string;
}
export type Editor =
  | { readonly kind: "text" | "number" | "date" | "moment" | "textarea" | "url" | "email"; readonly placeholder?: string }
  | { readonly kind: "choice"; readonly choices: readonly Choice[]; readonly clearable?: boolean }
  | { readonly kind: "choices"; readonly choices: readonly Choice[]; readonly creatable?: boolean }
  | { readonly kind: "flag" };

export type EditableValue = string | number | boolean | readonly string[] | null;

export function Editable({
  label,
  value,
  shown,
  editor,
  onSave,
  disabled = false,
  hideLabel = false,
  aside,
}: {
  readonly label: string;
  readonly value: EditableValue;
  /** What stands there while nobody edits; the value itself unless given. */
  readonly shown?: ReactNode;
  readonly editor: Editor;
  readonly onSave: (value: EditableValue) => Promise<boolean>;
  readonly disabled?: boolean;
  readonly hideLabel?: boolean;
  /** Beside the label. */
  readonly aside?: ReactNode;
}) {
  const text = useText();
  const id = useId();
  const [editing, setEditing] = useState(false);
  const [draft, setDraft] = useState<EditableValue>(value);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // Enter saves, and so does losing the focus that comes of it: once is enough.
  const saving = useRef(false);
  useEffect(() => {
    if (!editing) setDraft(value);
  }, [value, editing]);

  async function save(next: EditableValue): Promise<void> {
    const normal = next === "" ? null : next;
    if (saving.current) return;
    if (JSON.stringify(normal) === JSON.stringify(value === "" ? null : value)) return stop();
    saving.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await onSave(normal);
      stop();
    } catch (error) {
      setProblem(inWords(error, text));
    } finally {
      saving.current = false;
      setBusy(false);
    }
  }
  function stop(): void {
    setEditing(false);
    setProblem(undefined);
    // Whoever has gone on to another field stays there.
    requestAnimationFrame(() => document.activeElement === document.body && button.current?.focus());
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      setDraft(value);
      stop();
    } else if (event.key === "Enter" && (editor.kind !== "textarea" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save(draft);
    }
  };

  const words = (
    <Text size="xs" c="dimmed" component="label" htmlFor={editing ? id : undefined} id={`${id}-label`}>
      {label}
    </Text>
  );
  const caption = aside ? (
    <Group gap={4} wrap="nowrap">
      {words}
      {aside}
    </Group>
  ) : (
    words
  );
  if (editor.kind === "flag") {
    return (
      <Checkbox
        label={label}
        checked={value === true}
        disabled={disabled || busy}
        onChange={({ currentTarget }) => void save(currentTarget.checked)}
        error={problem}
      />
    );
  }
  if (!editing) {
    const isEmpty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    return (
      <Box>
        {!hideLabel && caption}
        <Group gap={4} wrap="nowrap" align="flex-start">
          {disabled ? (
            <Text size="sm" component="div">
              {isEmpty ? "—" : (shown ?? String(value))}
            </Text>
          ) : (
            <UnstyledButton
              ref={button}
              onClick={() => setEditing(true)}
              aria-label={`${text.common.actions.edit}: ${label}`}
              className="editable"
              w="100%"
            >
              <Text
                size="sm"
                component="div"
                c={isEmpty ? "dimmed" : undefined}
                style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
              >
                {isEmpty ? "—" : (shown ?? String(value))}
              </Text>
            </UnstyledButton>
          )}
        </Group>
      </Box>
    );
  }
  const common = {
    id,
    "aria-labelledby": `${id}-label`,
    disabled: busy,
    error: problem,
    size: "xs" as const,
    autoFocus: true,
    onKeyDown: keys,
  };
  return (
    <Box>
      {!hideLabel && caption}
      {editor.kind === "choice" ? (
        <Select
          {...common}
          data={editor.choices as Choice[]}
          value={draft === null ? null : String(draft)}
          searchable
          clearable={editor.clearable ?? true}
          defaultDropdownOpened
          onChange={(next) => {
            setDraft(next);
            void save(next);
          }}
          onBlur={() => !busy && !problem && stop()}
          nothingFoundMessage={text.common.nothingFound}
        />
      ) : editor.kind === "choices" ? (
        <ManyChoices {...common} editor={editor} draft={(draft as string[]) ?? []} onChange={setDraft} onBlur={() => void save(draft)} />
      ) : editor.kind === "number" ? (
        <NumberField
          {...common}
          value={draft === null ? "" : (draft as number | string)}
          onChange={(next) => setDraft(next)}
          onBlur={() => void save(draft)}
        />
      ) : editor.kind === "textarea" ? (
        <Textarea
          {...common}
          autosize
          minRows={2}
          value={String(draft ?? "")}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
          onBlur={() => void save(draft)}
        />
      ) : (
        <TextInput
          {...common}
          type={editor.kind === "moment" ? "datetime-local" : editor.kind}
          placeholder={editor.placeholder}
          value={String(draft ?? "")}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
          onBlur={() => void save(draft)}
        />
      )}
    </Box>
  );
}

function ManyChoices({
  editor,
  draft,
  onChange,
  ...rest
}: {
  readonly editor: Extract<Editor, { kind: "choices" }>;
  readonly draft: string[];
  readonly onChange: (next: string[]) => void;
  readonly onBlur: () => void;
}) {
  const [query, setQuery] = useState("");
  const known = editor.choices.map(({ value }) => value);
  const fresh = query.trim();
  const data = [
    ...(editor.choices as Choice[]),
    ...draft.filter((value) => !known.includes(value)).map((value) => ({ value, label: value })),
    ...(editor.creatable && fresh !== "" && !known.includes(fresh) && !draft.includes(fresh)
      ? [{ value: fresh, label: `+ ${fresh}` }]
      : []),
  ];
  return (
    <MultiSelect
      {...rest}
      data={data}
      value={draft}
      onChange={(next) => {
        onChange(next);
        setQuery("");
      }}
      searchable
      searchValue={query}
      onSearchChange={setQuery}
      hidePickedOptions
    />
  );
}

/** A small pencil, for what is edited elsewhere. */
export function EditButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <ActionIcon size="sm" color="gray" onClick={onClick} aria-label={label}>
      <IconPencil size={14} />
    </ActionIcon>
  );
}
