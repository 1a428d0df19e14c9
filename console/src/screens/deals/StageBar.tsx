import { Tooltip, UnstyledButton } from "@mantine/core";
import type { Pipeline, Stage } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import classes from "./stage-bar.module.css";

/** How far a deal has come, and a click to take it further. */
export function StageBar({
  pipeline,
  stage,
  disabled,
  onChoose,
}: {
  readonly pipeline: Pipeline;
  readonly stage: number;
  readonly disabled: boolean;
  readonly onChoose: (stage: Stage) => void;
}) {
  const text = useText();
  const at = pipeline.stages.findIndex(({ id }) => id === stage);
  const current = pipeline.stages[at];
  const ended = current?.kind === "won" || current?.kind === "lost";
  return (
    <nav className={classes["bar"]} aria-label={text.deals.fields.stage}>
      {pipeline.stages.map((each, index) => (
        <Tooltip key={each.id} label={each.name}>
          <UnstyledButton
            className={classes["stage"]}
            data-kind={each.kind}
            data-passed={(!ended && index <= at) || each.id === stage || undefined}
            aria-current={each.id === stage ? "step" : undefined}
            disabled={disabled || each.id === stage}
            onClick={() => onChoose(each)}
          >
            {each.name}
          </UnstyledButton>
        </Tooltip>
      ))}
    </nav>
  );
}
