import type { ReactNode } from "react";
import { useFields } from "../data/directory.ts";
import type { Entity } from "../data/shapes.ts";
import { Editable } from "./editable.tsx";
import { draftOf, editableOf, type FieldValue, fieldEditor, fieldText } from "./field-value.tsx";
import { useFormat } from "./format.tsx";

/** The custom fields of a record, each edited where it stands. */
export function CustomFields({
  entity,
  values,
  currency,
  disabled,
  onSave,
  aside,
}: {
  readonly entity: Entity;
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly currency: string;
  readonly disabled: boolean;
  readonly onSave: (changes: { fields: Record<string, unknown> }) => Promise<boolean>;
  /** What stands beside the label of a field. */
  readonly aside?: (code: string, label: string) => ReactNode;
}) {
  const fields = useFields(entity);
  const format = useFormat();
  return fields.map((field) => {
    const value = values[field.code];
    return (
      <Editable
        key={field.id}
        label={field.name}
        value={editableOf(field, value)}
        shown={
          field.type === "url" && typeof value === "string" && /^https?:/.test(value) ? (
            <a href={value} target="_blank" rel="noreferrer noopener" onClick={(event) => event.stopPropagation()}>
              {value}
            </a>
          ) : (
            fieldText(value, format)
          )
        }
        editor={fieldEditor(field)}
        disabled={disabled || field.type === "object"}
        aside={aside?.(field.code, field.name)}
        onSave={(next) => onSave({ fields: { [field.code]: draftOf(field, next, value, currency) } })}
      />
    );
  });
}
