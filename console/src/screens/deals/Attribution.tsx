import { Stack, Text } from "@mantine/core";
import type { Deal } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";

/** Which advertisement somebody came by: the last touch, and the first where it differs. */
export function Attribution({ attribution }: { readonly attribution: Deal["attribution"] }) {
  const words = useText().deals.fields;
  if (!attribution) return null;
  const line = (touch: Readonly<Record<string, string | undefined>> | undefined): string =>
    touch ? [touch["source"], touch["medium"], touch["campaign"], touch["content"], touch["term"]].filter(Boolean).join(" / ") : "";
  const last = line(attribution.last);
  const first = line(attribution.first);
  const page = attribution.last?.url ?? attribution.first?.url;
  const tracking = Object.entries(attribution.tracking ?? {});
  if (last === "" && first === "" && page === undefined && tracking.length === 0) return null;
  return (
    <Stack gap={2}>
      <Text size="xs" c="dimmed">
        {words.attribution}
      </Text>
      {last !== "" && <Text size="sm">{last}</Text>}
      {first !== "" && first !== last && (
        <Text size="sm" c="dimmed">
          ← {first}
        </Text>
      )}
      {page !== undefined && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {page}
        </Text>
      )}
      {tracking.map(([name, value]) => (
        <Text key={name} size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {name}: {String(value)}
        </Text>
      ))}
    </Stack>
  );
}
