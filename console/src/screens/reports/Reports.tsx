import { Group, Select, Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { usePipelines } from "../../data/directory.ts";
import { useText } from "../../text/text.tsx";
import { UserPicker } from "../../ui/pickers.tsx";
import { Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import type { ReportQuery } from "./report-query.ts";

const tabs = {
  funnel: lazy(async () => ({ default: (await import("./Funnel.tsx")).Funnel })),
  sources: lazy(async () => ({ default: (await import("./Sources.tsx")).Sources })),
  calls: lazy(async () => ({ default: (await import("./CallReport.tsx")).CallReport })),
  response: lazy(async () => ({ default: (await import("./ResponseTime.tsx")).ResponseTime })),
  outcomes: lazy(async () => ({ default: (await import("./Outcomes.tsx")).Outcomes })),
} as const;
type Tab = keyof typeof tabs;

interface ReportSearch {
  readonly tab?: Tab;
  readonly days?: number;
  readonly pipeline?: number;
  readonly responsible?: number;
}

/** How the company is doing. */
export function Reports() {
  const text = useText();
  const words = text.reports;
  const search = useSearch({ strict: false }) as ReportSearch;
  const navigate = useNavigate();
  const { pipelines, standard } = usePipelines();
  const tab = search.tab !== undefined && search.tab in tabs ? search.tab : "funnel";
  const { days = 90, responsible } = search;
  const pipeline = search.pipeline ?? (tab === "funnel" ? standard?.id : undefined);
  const set = (changes: Partial<ReportSearch>): void =>
    void navigate({
      to: "/reports",
      search: Object.fromEntries(Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined)) as Record<
        string,
        string | number
      >,
      replace: true,
    });
  const query = useMemo((): ReportQuery => {
    // To the hour, so that a report that was just asked for is not asked for again.
    const to = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000);
    return {
      from: new Date(to.getTime() - Number(days) * 86_400_000).toISOString(),
      to: to.toISOString(),
      ...(pipeline !== undefined && { pipeline: Number(pipeline) }),
      ...(responsible !== undefined && { responsible: String(responsible) }),
    };
  }, [days, pipeline, responsible]);
  const Chosen = tabs[tab];
  return (
    <Screen title={words.title}>
      <Group gap="xs" mb="sm">
        <Select
          size="xs"
          w={140}
          aria-label={words.period}
          allowDeselect={false}
          data={Object.entries(words.periods).map(([value, label]) => ({ value, label }))}
          value={String(days)}
          onChange={(value) => set({ days: Number(value) })}
        />
        <Select
          size="xs"
          w={180}
          aria-label={text.deals.pipeline}
          clearable={tab !== "funnel"}
          placeholder={text.deals.pipeline}
          data={pipelines.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={pipeline === undefined ? null : String(pipeline)}
          onChange={(value) => set({ pipeline: value === null ? undefined : Number(value) })}
        />
        <div style={{ width: 200 }}>
          <UserPicker
            size="xs"
            placeholder={text.deals.fields.responsible}
            value={responsible === undefined ? null : Number(responsible)}
            onChange={(value) => set({ responsible: value ?? undefined })}
          />
        </div>
      </Group>
      <Tabs value={tab} onChange={(value) => set({ tab: value as Tab })} keepMounted={false}>
        <Tabs.List mb="md">
          {(Object.keys(tabs) as Tab[]).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<Waiting />}>
            <Chosen query={query} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}
