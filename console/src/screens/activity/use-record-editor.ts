import { type RecordKind, useSaveRecord } from "../../data/save-record.ts";
import { useText } from "../../text/text.tsx";
import { decideClash } from "../../ui/ask-person.tsx";
import { useReadableValue } from "./changes.tsx";

type Known = Readonly<Record<string, unknown>> & { readonly version: string; readonly id: number };

/** Saves single fields of a record that is on the screen, and asks when somebody else has changed the same one. */
export function useRecordEditor(kind: RecordKind, record: Known): (changes: Readonly<Record<string, unknown>>) => Promise<boolean> {
  const text = useText();
  const readable = useReadableValue({ deal: kind === "deal" ? record.id : null, company: kind === "company" ? record.id : null });
  const save = useSaveRecord(kind, decideClash(text, readable));
  return (changes) => save(record, changes);
}
