import { ActionIcon, Button, Group, Indicator, Paper, Popover, SimpleGrid, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconTransfer,
} from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { PhoneCall } from "../../phone/phone.ts";
import { thePhone, usePhoneState, useSipLine } from "../../phone/use-phone.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { formatPhone } from "../../ui/phone.tsx";

const lineColours = { off: "gray", connecting: "yellow", ready: "teal", failed: "red" } as const;

/** The phone in the page: its line in the header, its call in the corner. Nothing for those who have none. */
export function Softphone() {
  const text = useText();
  const words = text.softphone;
  const sound = useSipLine();
  const { line, problem, call } = usePhoneState();
  const [number, setNumber] = useState("");
  useEffect(() => {
    if (problem && line === "ready") notifications.show({ color: "orange", message: words.ended(problem) });
  }, [problem, line, words]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: a conversation has no captions */}
      <audio ref={sound} hidden />
      {line !== "off" && (
        <Popover position="bottom-end" trapFocus withArrow>
          <Indicator color={lineColours[line]} size={10} offset={4}>
            <Popover.Target>
              <Tooltip label={words.lines[line]}>
                <ActionIcon variant="default" size="lg" aria-label={words.lines[line]} data-line={line}>
                  <IconPhone size={18} />
                </ActionIcon>
              </Tooltip>
            </Popover.Target>
          </Indicator>
          <Popover.Dropdown>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (number.trim() !== "") thePhone()?.call(number);
              }}
            >
              <Stack gap="xs" w={230}>
                <Text size="xs" c="dimmed">
                  {words.lines[line]}
                  {line === "failed" && problem ? `: ${problem}` : ""}
                </Text>
                <TextInput
                  label={words.number}
                  type="tel"
                  value={number}
                  data-autofocus
                  onChange={({ currentTarget }) => setNumber(currentTarget.value)}
                />
                <Button type="submit" disabled={line !== "ready" || call !== undefined}>
                  {words.call}
                </Button>
              </Stack>
            </form>
          </Popover.Dropdown>
        </Popover>
      )}
      {call && <CallPanel call={call} />}
    </>
  );
}

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

function CallPanel({ call }: { readonly call: PhoneCall }) {
  const words = useText().softphone;
  const [open, setOpen] = useState<"keypad" | "transfer">();
  const [to, setTo] = useState("");
  const phone = thePhone();
  const talking = call.state === "talking";
  const incoming = call.direction === "in" && !talking;
  return (
    <Paper
      component="section"
      aria-label={words.title}
      data-testid="softphone-call"
      withBorder
      shadow="lg"
      radius="lg"
      p="md"
      pos="fixed"
      right={16}
      bottom={16}
      w={300}
      style={{ zIndex: 330 }}
    >
      <Text size="xs" c="dimmed" role="status">
        {talking ? call.held ? words.held : <Clock since={call.since} /> : incoming ? words.incoming : words.outgoing}
      </Text>
      <Text fw={650} size="lg" truncate>
        {call.name || formatPhone(call.number)}
      </Text>
      {call.name && <Text size="sm">{formatPhone(call.number)}</Text>}
      <Group mt="sm" gap="xs">
        {incoming && (
          <Button color="teal.9" leftSection={<IconPhone size={16} />} onClick={() => phone?.answer()}>
            {words.answer}
          </Button>
        )}
        <Button color="red.9" leftSection={<IconPhoneOff size={16} />} onClick={() => phone?.hangUp()}>
          {incoming ? words.refuse : words.hangUp}
        </Button>
      </Group>
      {talking && (
        <Group mt="sm" gap="xs">
          <Tool
            label={call.muted ? words.unmute : words.mute}
            pressed={call.muted}
            icon={call.muted ? IconMicrophoneOff : IconMicrophone}
            onClick={() => phone?.mute(!call.muted)}
          />
          <Tool
            label={call.held ? words.unhold : words.hold}
            pressed={call.held}
            icon={call.held ? IconPlayerPlay : IconPlayerPause}
            onClick={() => phone?.hold(!call.held)}
          />
          <Tool
            label={words.keypad}
            pressed={open === "keypad"}
            icon={IconDialpad}
            onClick={() => setOpen(open === "keypad" ? undefined : "keypad")}
          />
          <Tool
            label={words.transfer}
            pressed={open === "transfer"}
            icon={IconTransfer}
            onClick={() => setOpen(open === "transfer" ? undefined : "transfer")}
          />
        </Group>
      )}
      {talking && open === "keypad" && (
        <SimpleGrid cols={3} spacing={6} mt="sm">
          {keys.map((key) => (
            <Button key={key} variant="default" onClick={() => phone?.press(key)}>
              {key}
            </Button>
          ))}
        </SimpleGrid>
      )}
      {talking && open === "transfer" && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (to.trim() !== "") phone?.transfer(to);
          }}
        >
          <Group mt="sm" gap="xs" align="flex-end" wrap="nowrap">
            <TextInput
              size="xs"
              flex={1}
              label={words.transferTo}
              type="tel"
              value={to}
              onChange={({ currentTarget }) => setTo(currentTarget.value)}
            />
            <Button size="xs" type="submit">
              {words.transfer}
            </Button>
          </Group>
        </form>
      )}
    </Paper>
  );
}

function Tool({
  label,
  pressed,
  icon: Icon,
  onClick,
}: {
  readonly label: string;
  readonly pressed: boolean;
  readonly icon: typeof IconPhone;
  readonly onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant={pressed ? "filled" : "default"} size="lg" aria-label={label} aria-pressed={pressed} onClick={onClick}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

function Clock({ since }: { readonly since: number | undefined }) {
  const words = useText().softphone;
  const format = useFormat();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      {words.talking} {since !== undefined && format.clock(Math.max(0, (now - since) / 1000))}
    </>
  );
}
