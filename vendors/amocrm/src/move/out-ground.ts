import type { Kit, MoveFinding, MoveKind, OwnCrm, Workspace } from "@svyazka/core";
import { type Amo, AmoInvalid } from "../client.ts";
import type { IdKind, Ids } from "./ids.ts";
import type { Passage } from "./local.ts";
import type { Theirs } from "./theirs.ts";

/** What a copy of our CRM into an account stands on. */
export interface OutGround {
  readonly amo: Amo;
  readonly crm: OwnCrm;
  readonly kit: Kit;
  readonly workspace: Workspace;
  /** As it was when this run began. */
  readonly theirs: Theirs;
  /** Ours → theirs, and back again for whoever compares. */
  readonly out: Ids;
  readonly back: Ids;
}

export async function tie(
  { out, back }: Pick<OutGround, "out" | "back">,
  kind: IdKind,
  pairs: readonly (readonly [ours: number, theirs: number])[],
) {
  await back.keep(
    kind,
    pairs.map(([ours, theirs]) => [theirs, ours] as const),
  );
  await out.keep(kind, pairs);
}

export const passageOut = ({ out, theirs, workspace }: OutGround): Passage => ({
  to: (kind, id) => out.get(kind, id) ?? id,
  fromZone: workspace.timeZone,
  toZone: theirs.timeZone,
});

/** So many members of one item may be refused before it is given up. */
const mostTries = 50;

/** Writes a draft without what amoCRM does not take of it, which is told. Throws `AmoInvalid` when the rest is refused, too. */
export async function sendWhatFits<D extends object, R>(
  { kind, id, found }: { readonly kind: MoveKind; readonly id: number; readonly found: MoveFinding[] },
  draft: D,
  send: (draft: D) => Promise<R>,
): Promise<R> {
  let left = draft;
  for (let tries = 0; ; tries++) {
    try {
      return await send(left);
    } catch (error) {
      const [problem] = error instanceof AmoInvalid ? error.items.flatMap(({ errors }) => errors) : [];
      const rest = problem && tries < mostTries ? withoutPath(left, problem.path.split(".")) : undefined;
      if (!problem || rest === undefined) throw error;
      const member = memberOf(left, problem.path);
      left = rest;
      const words = `${problem.path}: ${problem.detail || problem.code}`;
      found.push({ what: "refused", kind, id: String(id), member, words: { ru: words, en: words } });
    }
  }
}

/** Of a custom field its id, so that it can be found. */
function memberOf(draft: object, path: string): string {
  const place = /^custom_fields_values\.(\d+)/.exec(path)?.[1];
  const fields = (draft as { readonly custom_fields_values?: readonly { readonly field_id: number }[] }).custom_fields_values;
  return place === undefined ? path : `custom_fields_values.${fields?.[Number(place)]?.field_id ?? place}`;
}

/** Undefined when there is no such member. */
function withoutPath<D extends object>(draft: D, [first = "", second, third]: readonly string[]): D | undefined {
  const value = (draft as Readonly<Record<string, unknown>>)[first];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && second !== undefined) return { ...draft, [first]: value.filter((_, index) => index !== Number(second)) };
  if ((first === "params" || first === "_embedded") && second !== undefined && typeof value === "object" && value !== null) {
    const inner = third === undefined ? undefined : withoutPath(value, [second, third]);
    const { [second]: gone, ...rest } = value as Readonly<Record<string, unknown>>;
    return gone === undefined ? undefined : { ...draft, [first]: inner ?? rest };
  }
  const { [first]: _, ...rest } = draft as Record<string, unknown>;
  return rest as D;
}
