import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPhone } from "@tabler/icons-react";
import { useSend } from "../data/queries.ts";
import { useMay } from "../data/session.ts";
import { readyPhone } from "../phone/use-phone.ts";
import { useText } from "../text/text.tsx";
import { tellProblem } from "./problem.tsx";

/** `+79101234567` as `+7 910 123-45-67`; other countries' numbers in groups from the end; what is no number as it is. */
export function formatPhone(phone: string): string {
  const russian = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone);
  if (russian) return `+7 ${russian[1]} ${russian[2]}-${russian[3]}-${russian[4]}`;
  return phone;
}

/** A number, and a button that calls it: by the phone in the page where there is one, otherwise the employee's own phone rings first. */
export function PhoneLink({ phone }: { readonly phone: string }) {
  const text = useText();
  const may = useMay();
  const call = useSend("startCall", {
    onDone: () => notifications.show({ message: text.calls.started(formatPhone(phone)) }),
  });
  return (
    <Group gap={2} wrap="nowrap" display="inline-flex">
      <Text span inherit style={{ whiteSpace: "nowrap" }}>
        {formatPhone(phone)}
      </Text>
      {may("crm:write") && (
        <Tooltip label={text.calls.call}>
          <ActionIcon
            size="sm"
            color="teal"
            loading={call.isPending}
            aria-label={`${text.calls.call} ${formatPhone(phone)}`}
            onClick={(event) => {
              event.stopPropagation();
              const own = readyPhone();
              if (own) own.call(phone);
              else call.mutate({ body: { phone } }, { onError: (error) => tellProblem(error, text) });
            }}
          >
            <IconPhone size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}
