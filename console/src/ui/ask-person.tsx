import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { Decide } from "../data/save-record.ts";
import type { Text as Words } from "../text/en/index.ts";

/** Questions a person must answer before something is done. */

export const confirm = (
  question: string,
  words: { readonly yes: string; readonly no: string; readonly danger?: boolean; readonly text?: string },
): Promise<boolean> =>
  new Promise((resolve) =>
    modals.openConfirmModal({
      title: question,
      ...(words.text !== undefined && { children: <Text size="sm">{words.text}</Text> }),
      labels: { confirm: words.yes, cancel: words.no },
      ...(words.danger && { confirmProps: { color: "red" } }),
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    }),
  );

/** Somebody has changed the same field meanwhile. */
export const decideClash =
  (text: Words, readable: (member: string) => { readonly label: string; write(value: unknown): string }): Decide =>
  ({ member, theirs }) => {
    const { label, write } = readable(member);
    const { conflict } = text.common;
    return new Promise((resolve) =>
      modals.openConfirmModal({
        title: conflict.title,
        children: <Text size="sm">{conflict.text(label, write(theirs) || "—")}</Text>,
        labels: { confirm: conflict.mine, cancel: conflict.theirs },
        onConfirm: () => resolve(true),
        onCancel: () => resolve(false),
        onClose: () => resolve(false),
      }),
    );
  };
