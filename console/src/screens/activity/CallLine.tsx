import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useUsers } from "../../data/directory.ts";
import type { TimelineEntry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { PhoneLink } from "../../ui/phone.tsx";

type Call = NonNullable<TimelineEntry["call"]>;

const colours = { answered: "teal", missed: "red" } as const;

/** A call in a timeline, with its recording. */
export function CallLine({
  call,
}: {
  readonly call: Pick<Call, "direction" | "phone" | "state" | "outcome" | "responsible" | "talk_seconds" | "recordings">;
}) {
  const text = useText();
  const words = text.calls;
  const format = useFormat();
  const { nameOf } = useUsers();
  return (
    <Stack gap={4} mt={4}>
      <Group gap={6}>
        <Text size="sm">{words.directions[call.direction]}</Text>
        <Text size="sm" component="span">
          <PhoneLink phone={call.phone} />
        </Text>
        <Badge size="sm" variant="light" color={call.outcome ? (colours[call.outcome as keyof typeof colours] ?? "gray") : "link"}>
          {call.outcome ? words.outcomes[call.outcome] : words.states[call.state]}
        </Badge>
        {call.talk_seconds !== null && call.talk_seconds > 0 && (
          <Text size="sm" c="dimmed">
            {format.clock(call.talk_seconds)}
          </Text>
        )}
        {call.responsible !== null && (
          <Text size="sm" c="dimmed">
            {nameOf(call.responsible)}
          </Text>
        )}
      </Group>
      {call.recordings.map(({ url }) => (
        <Recording key={url} url={url} />
      ))}
    </Stack>
  );
}

/** Asks for the sound only when somebody wants to hear it. */
export function Recording({ url }: { readonly url: string }) {
  const words = useText().calls;
  const [wanted, setWanted] = useState(false);
  return wanted ? (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said on the phone
    <audio src={url} controls autoPlay preload="auto" style={{ height: 34, width: "100%", maxWidth: 420 }} aria-label={words.recording} />
  ) : (
    <Button size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />} onClick={() => setWanted(true)} w="fit-content">
      {words.listen}
    </Button>
  );
}
