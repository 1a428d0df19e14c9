import { VisuallyHidden } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconHelpCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Message } from "../../data/shapes.ts";
import { useInboxText } from "../../text/with-screens.ts";
import style from "./inbox.module.css";

const icons = {
  sending: IconClock,
  waiting: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  unknown: IconHelpCircle,
} as const;

/** How far a message of ours has come. */
export function StateMark({ state }: { readonly state: keyof typeof icons }) {
  const words = useInboxText().message.states;
  const Icon = icons[state];
  return (
    <span title={words[state]} className={state === "read" ? style["seen"] : undefined} style={{ display: "inline-flex" }}>
      <Icon size={15} stroke={2} aria-hidden />
      <VisuallyHidden>{words[state]}</VisuallyHidden>
    </span>
  );
}

/** Why it did not arrive, or may not have, in words; and what can be done. */
export function Trouble({
  message: { state, reason, error },
  children,
}: {
  readonly message: Pick<Message, "state" | "reason" | "error">;
  readonly children: ReactNode;
}) {
  const words = useInboxText().message;
  const why = state === "unknown" ? words.unknownText : reason === null ? "" : (words.reasons[reason] ?? "");
  return (
    <div className={style["trouble"]}>
      <strong>{words.states[state]}</strong>
      {why !== "" && <div>{why}</div>}
      {error !== null && error !== "" && error !== why && <div style={{ opacity: 0.85 }}>{error}</div>}
      {children}
    </div>
  );
}
