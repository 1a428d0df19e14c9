import { type LinkDraft, Unfit } from "../api/account.ts";
import type { EntityType } from "../protocol.ts";
import { tieElement } from "./catalogs.ts";
import type { State } from "./state.ts";

/** What is tied to what: each tie is kept once. */

/** Links are kept from the lead, or else from the contact. */
const forward = (link: LinkDraft, metadata: Readonly<Record<string, unknown>> | null) => {
  const ranks: Record<string, number> = { leads: 0, contacts: 1, companies: 2 };
  const { entity_type, entity_id, to_entity_type, to_entity_id } = link;
  return (ranks[entity_type] ?? 3) <= (ranks[to_entity_type] ?? 3)
    ? { entity_id, entity_type, to_entity_id, to_entity_type, metadata }
    : { entity_id: to_entity_id, entity_type: to_entity_type, to_entity_id: entity_id, to_entity_type: entity_type, metadata };
};
export const isBetween = (link: State["links"][number], of: string, id: number, to: string, toId?: number): boolean =>
  (link.entity_type === of && link.entity_id === id && link.to_entity_type === to && (toId === undefined || link.to_entity_id === toId)) ||
  (link.to_entity_type === of && link.to_entity_id === id && link.entity_type === to && (toId === undefined || link.entity_id === toId));

/** The whole new list of what a record is tied to, of one kind. */
export function tie(
  state: State,
  of: EntityType,
  id: number,
  to: EntityType,
  list: readonly { readonly id: number; readonly is_main?: boolean }[],
): void {
  for (const [index, one] of list.entries())
    if (!(state[to] as Map<number, unknown>).has(one.id)) throw new Unfit(`_embedded.${to}.${index}.id`);
  const main = (list.find(({ is_main }) => is_main) ?? list[0])?.id;
  state.links = state.links.filter((link) => !isBetween(link, of, id, to));
  for (const one of list) {
    const metadata = to === "contacts" && of === "leads" ? { main_contact: one.id === main } : null;
    state.links.push(forward({ entity_type: of, entity_id: id, to_entity_type: to, to_entity_id: one.id }, metadata));
  }
}

/** Throws `Unfit` for an end that is not there. */
export function tieOne(state: State, link: LinkDraft): void {
  const { entity_type, entity_id, to_entity_type, to_entity_id } = link;
  if (to_entity_type === "catalog_elements") {
    tieElement(state, link);
    return;
  }
  const there = state[to_entity_type as EntityType] as Map<number, unknown> | undefined;
  if (!there?.has(to_entity_id)) throw new Unfit("to_entity_id");
  if (!(state[entity_type] as Map<number, unknown>).has(entity_id)) throw new Unfit("entity_id");
  // One company at most.
  state.links = state.links.filter(
    (one) => !isBetween(one, entity_type, entity_id, to_entity_type, to_entity_type === "companies" ? undefined : to_entity_id),
  );
  const others = state.links.some((one) => isBetween(one, entity_type, entity_id, "contacts") && one.metadata?.["main_contact"] === true);
  const isMain = link.is_main ?? !others;
  if (entity_type === "leads" && to_entity_type === "contacts" && isMain)
    state.links = state.links.map((one) =>
      isBetween(one, "leads", entity_id, "contacts") ? { ...one, metadata: { main_contact: false } } : one,
    );
  state.links.push(forward(link, entity_type === "leads" && to_entity_type === "contacts" ? { main_contact: isMain } : null));
}
