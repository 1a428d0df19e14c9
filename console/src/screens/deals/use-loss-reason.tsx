import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";

const LossReasonForm = lazy(async () => ({ default: (await import("./LossReasonForm.tsx")).LossReasonForm }));

/** Asks why a deal is lost. Answers the reason, null without one, undefined when the person thinks better of it. */
export function useLossReason(): { readonly ask: () => Promise<number | null | undefined>; readonly modal: ReactNode } {
  const [answer, setAnswer] = useState<{ give(reason: number | null | undefined): void }>();
  const ask = useCallback(() => new Promise<number | null | undefined>((resolve) => setAnswer({ give: resolve })), []);
  const finish = (reason: number | null | undefined): void => {
    answer?.give(reason);
    setAnswer(undefined);
  };
  return { ask, modal: <Suspense>{answer && <LossReasonForm onChoose={finish} />}</Suspense> };
}
