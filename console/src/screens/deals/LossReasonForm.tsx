import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { useLossReasons } from "../../data/directory.ts";
import { useText } from "../../text/text.tsx";

/** The reasons there are; none of them is an answer, too. */
export function LossReasonForm({ onChoose }: { readonly onChoose: (reason: number | null | undefined) => void }) {
  const text = useText();
  const reasons = useLossReasons();
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Modal opened onClose={() => onChoose(undefined)} title={text.deals.lossReason}>
      <Stack>
        <Radio.Group value={chosen} onChange={setChosen} aria-label={text.deals.lossReason}>
          <Stack gap="xs">
            {reasons.map(({ id, name }) => (
              <Radio key={id} value={String(id)} label={name} />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onChoose(undefined)}>
            {text.common.actions.cancel}
          </Button>
          <Button onClick={() => onChoose(chosen === null ? null : Number(chosen))}>{text.deals.markLost}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
