import { Group, Paper, Stack, Text } from "@mantine/core";
import { usePipelines } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered } from "../../ui/problem.tsx";
import { Bar } from "./Bar.tsx";
import type { ReportQuery } from "./report-query.ts";

export function Funnel({ query }: { readonly query: ReportQuery }) {
  const words = useText().reports;
  const format = useFormat();
  const { stageOf } = usePipelines();
  const report = useAsk("reportFunnel", { query }, { keep: true });
  return (
    <Answered of={report}>
      {({ deals, stages }) => (
        <Paper withBorder p="md" radius="md">
          <Text size="sm" c="dimmed" mb="md">
            {words.funnel.text} {words.deals(deals)}.
          </Text>
          <Stack gap="sm">
            {stages.map((stage) => {
              const known = stageOf(stage.stage);
              return (
                <div key={stage.stage}>
                  <Group justify="space-between" mb={2}>
                    <Text size="sm" fw={600}>
                      {known?.name ?? `#${stage.stage}`}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {words.funnel.now}: {format.number(stage.now)}
                      {stage.median_days !== null && ` · ${words.funnel.median}: ${format.number(Math.round(stage.median_days * 10) / 10)}`}
                    </Text>
                  </Group>
                  <Bar
                    share={stage.conversion ?? 0}
                    colour={
                      known?.kind === "won"
                        ? "var(--mantine-color-teal-2)"
                        : known?.kind === "lost"
                          ? "var(--mantine-color-red-2)"
                          : undefined
                    }
                  >
                    {words.funnel.reached}: {format.number(stage.reached)}
                    {stage.conversion !== null && ` · ${format.percent(stage.conversion)}`}
                  </Bar>
                </div>
              );
            })}
          </Stack>
        </Paper>
      )}
    </Answered>
  );
}
