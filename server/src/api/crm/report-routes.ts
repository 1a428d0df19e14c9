import * as contract from "@svyazka/contract";
import { writeMoney } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { type Caller, type Implementation, implement } from "../implement.ts";
import { ids, moment, reader, timeZone } from "./requests.ts";

const defaultDays = 30;

function reportQuery(query: contract.QueryOf<typeof contract.reportFunnel>, caller: Caller): crm.ReportQuery {
  const to = moment("to", query.to) ?? new Date();
  const from = moment("from", query.from) ?? new Date(to.getTime() - defaultDays * 86_400_000);
  if (from >= to) throw new crm.Invalid({ from: ["must be before `to`"] });
  return { from, to, pipeline: query.pipeline, responsible: ids(query.responsible), timeZone: timeZone(query.time_zone, caller) };
}

const period = ({ from, to, timeZone }: crm.ReportQuery) => ({ from: from.toISOString(), to: to.toISOString(), time_zone: timeZone });
const sums = (all: readonly crm.ReportSum[]) => all.map(({ currency, minor }) => ({ currency, sum: writeMoney({ currency, minor }) }));
const counts = ({ talkSeconds, ...rest }: crm.CallCounts) => ({
  ...{ in: rest.in, out: rest.out, answered: rest.answered, missed: rest.missed },
  talk_seconds: talkSeconds,
});
const times = ({ asked, unanswered, medianSeconds, p90Seconds }: crm.ResponseTimes) => ({
  ...{ asked, unanswered },
  median_seconds: medianSeconds,
  p90_seconds: p90Seconds,
});
const outcome = ({ won, lost, sumsWon, sumsLost, medianDays }: crm.Outcome) => ({
  ...{ won, lost },
  sums_won: sums(sumsWon),
  sums_lost: sums(sumsLost),
  median_days: medianDays,
});

/** The default one, unless it is named. Throws `Invalid` when there is none. */
async function pipelineOf(sql: crm.Sql, { pipeline }: crm.ReportQuery): Promise<number> {
  if (pipeline !== undefined) return pipeline;
  const found = (await crm.listPipelines(sql)).find(({ isDefault }) => isDefault);
  if (!found) throw new crm.Invalid({ pipeline: ["there is no pipeline yet"] });
  return found.id;
}

export const reportRoutes: readonly Implementation[] = [
  implement(contract.reportFunnel, async ({ query, caller, sql }) => {
    const asked = reportQuery(query, caller);
    const pipeline = await pipelineOf(sql, asked);
    const { deals, stages } = await crm.reportFunnel(sql, { ...asked, pipeline }, reader(caller));
    return { ...period(asked), pipeline, deals, stages: stages.map(({ medianDays, ...stage }) => ({ ...stage, median_days: medianDays })) };
  }),
  implement(contract.reportSources, async ({ query, caller, sql }) => {
    const asked = reportQuery(query, caller);
    const lines = await crm.reportSources(sql, { ...asked, by: query.by ?? "source", touch: query.touch ?? "last" }, reader(caller));
    return {
      ...period(asked),
      lines: lines.map(({ sumsWon, ...line }) => ({
        ...line,
        sums_won: sums(sumsWon),
        conversion: line.deals === 0 ? null : line.won / line.deals,
      })),
    };
  }),
  implement(contract.reportCalls, async ({ query, caller, sql }) => {
    const asked = reportQuery(query, caller);
    const { total, hours, people } = await crm.reportCalls(sql, asked, reader(caller));
    return {
      ...period(asked),
      total: counts(total),
      hours: hours.map((hour) => ({ weekday: hour.weekday, hour: hour.hour, ...counts(hour) })),
      people: people.map((person) => ({ user: person.user, ...counts(person) })),
    };
  }),
  implement(contract.reportResponseTime, async ({ query, caller, sql }) => {
    const asked = reportQuery(query, caller);
    const { people, ...all } = await crm.reportResponse(sql, { ...asked, since: query.since ?? "deals" }, reader(caller));
    return { ...period(asked), ...times(all), people: people.map((person) => ({ user: person.user, ...times(person) })) };
  }),
  implement(contract.reportOutcomes, async ({ query, caller, sql }) => {
    const asked = reportQuery(query, caller);
    const { total, periods, reasons } = await crm.reportOutcomes(sql, { ...asked, period: query.period ?? "month" }, reader(caller));
    return {
      ...period(asked),
      total: outcome(total),
      periods: periods.map((one) => ({ period: one.period, ...outcome(one) })),
      reasons: reasons.map(({ lossReason, count, sums: lost }) => ({ loss_reason: lossReason, count, sums: sums(lost) })),
    };
  }),
];
