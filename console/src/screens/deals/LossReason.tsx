import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { type ReactNode, useCallback, useState } from "react";
import { useLossReasons } from "../../data/directory.ts";
import { useText } from "../../text/text.tsx";

/** Asks why a deal is lost. Answers the reason, null without one, undefined when the person thinks better of it. */
export function useLossReason(): { readonly ask: () => Promise<number | null | undefined>; readonly modal: ReactNode } {
  const text = useText();
  const reasons = useLossReasons();
  const [answer, setAnswer] = useState<{ give(reason: number | null | undefined): void }>();
  const [chosen, setChosen] = useState<string | null>(null);
  const ask = useCallback(
    () =>
      new Promise<number | null | undefined>((resolve) => {
        setChosen(null);
        setAnswer({ give: resolve });
      }),
    [],
  );
  const finish = (reason: number | null | undefined): void => {
    answer?.give(reason);
    setAnswer(undefined);
  };
  const modal = (
    <Modal opened={answer !== undefined} onClose={() => finish(undefined)} title={text.deals.lossReason}>
      <Stack>
        <Radio.Group value={chosen} onChange={setChosen} aria-label={text.deals.lossReason}>
          <Stack gap="xs">
            {reasons.map(({ id, name }) => (
              <Radio key={id} value={String(id)} label={name} />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => finish(undefined)}>
            {text.common.actions.cancel}
          </Button>
          <Button onClick={() => finish(chosen === null ? null : Number(chosen))}>{text.deals.markLost}</Button>
        </Group>
      </Stack>
    </Modal>
  );
  return { ask, modal };
}
