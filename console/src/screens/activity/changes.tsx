import { Text } from "@mantine/core";
import { useFields, useLossReasons, usePipelines, useSources, useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { TimelineEntry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { type FieldValue, fieldText } from "../../ui/field-value.tsx";
import { useFormat } from "../../ui/format.tsx";

/** Who did it, by name: `user:5`, `connection:3`, `token:12`, `operator`. */
export function useActor(): (actor: string) => string {
  const { by } = useText().activity;
  const { nameOf } = useUsers();
  const may = useMay();
  const connections = useAsk("listConnections", { query: { limit: 250 } }, { enabled: may("hub:read"), staleTime: 5 * 60_000 });
  return (actor) => {
    const [kind = "", id] = actor.split(":");
    if (kind === "user") return nameOf(Number(id));
    if (kind === "connection") return connections.data?.items.find((connection) => connection.id === Number(id))?.name ?? by.connection;
    return kind === "token" ? by.token : kind === "operator" ? by.operator : by.program;
  };
}

interface Change {
  readonly old?: unknown;
  readonly new?: unknown;
}

/** What was changed, field by field: before → after. */
export function ChangeLines({ entry }: { readonly entry: TimelineEntry }) {
  const text = useText();
  const { stageOf, pipelineOf } = usePipelines();
  const readable = useReadableValue(entry);
  const what = entry.what as {
    changes?: Record<string, Change>;
    old?: { stage: number; pipeline: number };
    new?: { stage: number; pipeline: number };
    added?: string[];
    removed?: string[];
  } | null;
  if (!what) return null;
  if (entry.kind === "stage" && what.new) {
    const place = ({ stage, pipeline }: { stage: number; pipeline: number }): string =>
      what.old?.pipeline === what.new?.pipeline
        ? (stageOf(stage)?.name ?? `#${stage}`)
        : `${pipelineOf(pipeline)?.name ?? ""}: ${stageOf(stage)?.name ?? `#${stage}`}`;
    return (
      <Text size="sm">
        {what.old ? `${place(what.old)} → ` : ""}
        {place(what.new)}
      </Text>
    );
  }
  if (entry.kind === "tags") {
    return (
      <Text size="sm">{[...(what.added ?? []).map((tag) => `+ ${tag}`), ...(what.removed ?? []).map((tag) => `− ${tag}`)].join(", ")}</Text>
    );
  }
  return Object.entries(what.changes ?? {}).map(([member, change]) => {
    const { label, write } = readable(member);
    return (
      <Text key={member} size="sm" style={{ overflowWrap: "anywhere" }}>
        <Text span c="dimmed" inherit>
          {label}:{" "}
        </Text>
        {write(change.old) || text.activity.empty} → {write(change.new) || text.activity.empty}
      </Text>
    );
  });
}

/** The name of a member of a record, and its values as people read them. */
export function useReadableValue(
  entry: Pick<TimelineEntry, "deal" | "company">,
): (member: string) => { label: string; write(value: unknown): string } {
  const text = useText();
  const format = useFormat();
  const { nameOf } = useUsers();
  const entity = entry.deal !== null ? "deal" : entry.company !== null ? "company" : "contact";
  const fields = useFields(entity);
  const sources = useSources();
  const reasons = useLossReasons();
  const labels: Readonly<Record<string, string>> = {
    ...text.contacts.members,
    ...(entity === "deal" && text.deals.fields),
    lossReason: text.deals.fields.lossReason,
  };
  const plain = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return "";
    if (Array.isArray(value))
      return value
        .map((each) =>
          typeof each === "object" && each !== null
            ? String((each as { value?: unknown; id?: unknown }).value ?? (each as { id?: unknown }).id ?? "")
            : String(each),
        )
        .join(", ");
    if (typeof value === "object")
      return "sum" in value
        ? fieldText(value as FieldValue, format)
        : Object.values(value)
            .filter((each) => typeof each === "string")
            .join(", ");
    return fieldText(value as FieldValue, format);
  };
  return (member) => {
    const code = /^fields?[.:](.+)$/.exec(member)?.[1];
    if (code !== undefined) return { label: fields.find((field) => field.code === code)?.name ?? code, write: plain };
    const label = labels[member] ?? member;
    if (member === "responsible") return { label, write: (value) => (value === null ? "" : nameOf(value as number)) };
    if (member === "sum") return { label, write: (value) => (value === null || value === undefined ? "" : format.number(Number(value))) };
    if (member === "source") return { label, write: (value) => sources.find(({ id }) => id === value)?.name ?? plain(value) };
    if (member === "lossReason") return { label, write: (value) => reasons.find(({ id }) => id === value)?.name ?? plain(value) };
    return { label, write: plain };
  };
}
