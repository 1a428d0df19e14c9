import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { Group, Paper, Stack, Text } from "@mantine/core";
import { useLossReasons } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered, Empty } from "../../ui/problem.tsx";
import { Bar, Figure } from "./Bar.tsx";
import type { ReportQuery } from "./report-query.ts";

/** What was won, what was lost, and why. */
export function Outcomes({ query }: { readonly query: ReportQuery }) {
  const text = useText();
  const words = text.reports.outcomes;
  const format = useFormat();
  const reasons = useLossReasons();
  const report = useAsk("reportOutcomes", { query: { ...query, period: "month" } }, { keep: true });
  const month = new Intl.DateTimeFormat(format.locale, { month: "short", year: "2-digit", timeZone: "UTC" });
  const money = (sums: readonly { sum: string; currency: string }[]): string =>
    sums.length === 0 ? "—" : sums.map(({ sum, currency }) => format.money(sum, currency)).join(" + ");
  return (
    <Answered of={report}>
      {({ total, periods, reasons: lost }) => {
        if (total.won + total.lost === 0) return <Empty title={text.reports.nothing} />;
        const most = Math.max(1, ...lost.map(({ count }) => count));
        return (
          <Stack>
            <Paper withBorder p="md" radius="md">
              <Group gap="xl">
                <Figure label={words.won}>{format.number(total.won)}</Figure>
                <Figure label={words.sumWon}>{money(total.sums_won)}</Figure>
                <Figure label={words.lost}>{format.number(total.lost)}</Figure>
                <Figure label={words.sumLost}>{money(total.sums_lost)}</Figure>
                <Figure label={words.median}>{total.median_days === null ? "—" : format.number(Math.round(total.median_days))}</Figure>
              </Group>
            </Paper>
            <Paper withBorder p="md" radius="md">
              <Text fw={600} component="h2" mb="xs">
                {words.byMonth}
              </Text>
              <BarChart
                h={260}
                data={periods.map((one) => ({ period: month.format(new Date(`${one.period}T00:00:00Z`)), won: one.won, lost: one.lost }))}
                dataKey="period"
                series={[
                  { name: "won", label: words.won, color: "teal.6" },
                  { name: "lost", label: words.lost, color: "red.4" },
                ]}
                withLegend
                tickLine="none"
              />
            </Paper>
            {lost.length > 0 && (
              <Paper withBorder p="md" radius="md">
                <Text fw={600} component="h2" mb="xs">
                  {words.reasons}
                </Text>
                <Stack gap={6}>
                  {lost.map((reason) => (
                    <Bar key={reason.loss_reason ?? 0} share={reason.count / most} colour="var(--mantine-color-red-2)">
                      {reasons.find(({ id }) => id === reason.loss_reason)?.name ?? words.noReason}: {format.number(reason.count)} ·{" "}
                      {money(reason.sums)}
                    </Bar>
                  ))}
                </Stack>
              </Paper>
            )}
          </Stack>
        );
      }}
    </Answered>
  );
}
