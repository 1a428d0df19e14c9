import type { Kit, OwnCrm, OwnPipeline } from "@svyazka/core";
import type { Pen } from "../api/account.ts";
import type { Source } from "../protocol.ts";
import { told } from "./pen.ts";

/** Where leads come from, as an integration has made it: what our CRM has no place for is kept with the integration. */

interface SourceRest {
  readonly default: boolean;
  readonly origin_code: string | null;
  readonly services: readonly unknown[];
}
const restOf = ({ default: isDefault, origin_code, services }: Partial<SourceRest>): SourceRest => ({
  default: isDefault ?? false,
  origin_code: origin_code ?? null,
  services: services ?? [],
});

export async function readSources(crm: OwnCrm, kit: Kit, pipelines: () => Promise<readonly OwnPipeline[]>): Promise<Source[]> {
  const kept = new Map((await kit.store.list<SourceRest>("source")).map(({ id, value }) => [id, value]));
  const main = (await pipelines()).find(({ isDefault }) => isDefault)?.id ?? 0;
  return (await crm.sources.list()).flatMap((source): Source[] => {
    const rest = kept.get(String(source.id));
    return rest
      ? [{ id: source.id, name: source.name, external_id: source.code ?? "", pipeline_id: source.pipeline ?? main, ...rest }]
      : [];
  });
}

export const sourcePen = (crm: OwnCrm, kit: Kit): Pick<Pen, "createSource" | "updateSource" | "removeSource"> => ({
  async createSource({ name = "", external_id = "", pipeline_id, ...rest }) {
    const { id } = await told({}, () =>
      crm.sources.create({ name, code: external_id, ...(pipeline_id !== undefined && { pipeline: pipeline_id }) }),
    );
    await kit.store.put("source", String(id), restOf(rest));
    return id;
  },
  async updateSource(id, { name, pipeline_id, external_id: _, ...rest }) {
    await told({}, () =>
      crm.sources.update(id, { ...(name !== undefined && { name }), ...(pipeline_id !== undefined && { pipeline: pipeline_id }) }),
    );
    await kit.store.put("source", String(id), { ...(await kit.store.get<SourceRest>("source", String(id))), ...rest });
  },
  async removeSource(id) {
    await told({}, () => crm.sources.remove(id));
    await kit.store.remove("source", String(id));
  },
});
