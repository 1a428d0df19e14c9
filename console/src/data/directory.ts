import { useMemo } from "react";
import { useAsk } from "./queries.ts";
import type { Entity, Field, Pipeline, Stage, User } from "./shapes.ts";

/** What every screen chooses from: people, pipelines, fields and the short lists. Asked once, kept for minutes, asked anew when settings change. */

const minutes = { staleTime: 5 * 60_000 } as const;
const whole = { query: { limit: 250 } } as const;

export function useUsers(): {
  readonly users: readonly User[];
  readonly active: readonly User[];
  nameOf(id: number | null | undefined): string;
} {
  const { data } = useAsk("listUsers", whole, minutes);
  return useMemo(() => {
    const users = data?.items ?? [];
    const byId = new Map(users.map((user) => [user.id, user]));
    return {
      users,
      active: users.filter((user) => user.active),
      nameOf: (id) => (id === null || id === undefined ? "" : (byId.get(id)?.name ?? `#${id}`)),
    };
  }, [data]);
}

export function usePipelines(): {
  readonly pipelines: readonly Pipeline[];
  readonly standard: Pipeline | undefined;
  pipelineOf(id: number | null | undefined): Pipeline | undefined;
  stageOf(id: number | null | undefined): Stage | undefined;
} {
  const { data } = useAsk("listPipelines", {}, minutes);
  return useMemo(() => {
    const pipelines = data?.items ?? [];
    const stages = new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage] as const)));
    return {
      pipelines,
      standard: pipelines.find((pipeline) => pipeline.is_default) ?? pipelines[0],
      pipelineOf: (id) => pipelines.find((pipeline) => pipeline.id === id),
      stageOf: (id) => (id === null || id === undefined ? undefined : stages.get(id)),
    };
  }, [data]);
}

export function useFields(entity: Entity): readonly Field[] {
  const { data } = useAsk("listFields", { query: { entity } }, minutes);
  return data?.items ?? [];
}

type Choice = { readonly id: number; readonly name: string };
const useChoices = (list: "listSources" | "listLossReasons" | "listTaskTypes" | "listGroups"): readonly Choice[] => {
  const { data } = useAsk(list, whole, minutes);
  return (data as { items: Choice[] } | undefined)?.items ?? [];
};
export const useSources = (): readonly Choice[] => useChoices("listSources");
export const useLossReasons = (): readonly Choice[] => useChoices("listLossReasons");
export const useTaskTypes = (): readonly Choice[] => useChoices("listTaskTypes");
export const useGroups = (): readonly Choice[] => useChoices("listGroups");

export function useTags(entity: Entity): readonly string[] {
  const { data } = useAsk("listTags", { query: { entity, limit: 250 } }, minutes);
  return (data?.items ?? []).map(({ name }) => name);
}
