import { Combobox, InputBase, Loader, Select, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { usePipelines, useUsers } from "../data/directory.ts";
import { useAsk } from "../data/queries.ts";
import { useText } from "../text/text.tsx";

/** Fields that choose a person, a stage, a contact or a company. */

interface PickerProps<Value> {
  /** Without one, the placeholder names it. */
  readonly label?: string;
  readonly value?: Value | null;
  readonly onChange: (value: Value | null) => void;
  readonly error?: ReactNode;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly size?: "xs" | "sm";
}

export function UserPicker({ value, onChange, ...rest }: PickerProps<number>) {
  const text = useText();
  const { active } = useUsers();
  return (
    <Select
      {...rest}
      {...(rest.label === undefined && { "aria-label": rest.placeholder })}
      data={active.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={value === null || value === undefined ? null : String(value)}
      onChange={(next) => onChange(next === null ? null : Number(next))}
      searchable
      clearable
      nothingFoundMessage={text.common.nothingFound}
    />
  );
}

export function StagePicker({ value, onChange, ...rest }: PickerProps<number>) {
  const { pipelines } = usePipelines();
  return (
    <Select
      {...rest}
      data={pipelines.map(({ name, stages }) => ({
        group: name,
        items: stages.map((stage) => ({ value: String(stage.id), label: stage.name })),
      }))}
      value={value === null || value === undefined ? null : String(value)}
      onChange={(next) => onChange(next === null ? null : Number(next))}
      allowDeselect={false}
      searchable
    />
  );
}

export interface Picked {
  readonly id: number;
  readonly name: string;
}

/** Searches as one types; a name that is not there can become a new record. */
export function RecordPicker({
  entity,
  label,
  value,
  onChange,
  onCreate,
  error,
  disabled,
  placeholder,
}: PickerProps<Picked> & { readonly entity: "contact" | "company" | "deal"; readonly onCreate?: (name: string) => void }) {
  const text = useText();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [typed, setTyped] = useState<string>();
  const [query] = useDebouncedValue(typed?.trim() ?? "", 200);
  const found = useAsk("search", { query: { q: query, entities: entity, limit: 8 } as never }, { enabled: query !== "", keep: true });
  const items =
    query === "" ? [] : ((found.data?.items ?? []) as { id: number; name: string; phone: string | null; detail: string | null }[]);
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(option) => {
        if (option === "+") onCreate?.(query);
        else {
          const item = items.find(({ id }) => String(id) === option);
          if (item) onChange({ id: item.id, name: item.name });
        }
        setTyped(undefined);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={label}
          error={error}
          disabled={disabled}
          placeholder={placeholder ?? text.common.actions.search}
          value={typed ?? value?.name ?? ""}
          rightSection={
            found.isFetching ? (
              <Loader size={14} />
            ) : value && typed === undefined ? (
              <Combobox.ClearButton onClear={() => onChange(null)} />
            ) : null
          }
          rightSectionPointerEvents="all"
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            setTyped(undefined);
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={query === ""}>
        <Combobox.Options>
          {items.map((item) => (
            <Combobox.Option key={item.id} value={String(item.id)}>
              {item.name || `#${item.id}`} <small style={{ opacity: 0.7 }}>{item.phone ?? item.detail}</small>
            </Combobox.Option>
          ))}
          {onCreate && query !== "" && <Combobox.Option value="+">{`${text.common.actions.create}: ${query}`}</Combobox.Option>}
          {items.length === 0 && !onCreate && <Combobox.Empty>{text.common.nothingFound}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
