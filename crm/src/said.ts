import type { OwnStampDraft } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "./by.ts";
import type { Part } from "./page.ts";
import type { Reference } from "./references.ts";
import type { Values } from "./values.ts";

/** What a writer may say of a record, instead of it being them and now: for copies of what was made elsewhere. */
export interface Said extends OwnStampDraft {
  /** When it is made. */
  readonly id?: number | undefined;
}

const names = ["id", "createdBy", "updatedBy", "createdAt", "updatedAt"] as const;
export const saysAnything = (said: Said): boolean => names.some((name) => said[name] !== undefined);

/** Just these members. */
export const pickSaid = (said: Said): Said =>
  Object.fromEntries(names.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])));

/** Far above every id there is anywhere, and so far below the largest number that is exact that no sequence comes near it. */
const largestId = 1_000_000_000_000;

/** What is wrong with it, by the names that the API has; users are looked for by the statement. */
export function saidProblems({ id, createdAt, updatedAt }: Said): Record<string, string[]> {
  const isMoment = (at: Date | undefined) => at === undefined || (at.getTime() >= 0 && at.getUTCFullYear() <= 9999);
  return {
    ...((id === undefined || (Number.isSafeInteger(id) && id > 0 && id <= largestId)) === false && {
      id: [`must be a whole number from 1 to ${largestId}`],
    }),
    ...(!isMoment(createdAt) && { created_at: ["must be a moment between 1970 and 9999"] }),
    ...(!isMoment(updatedAt) && { updated_at: ["must be a moment between 1970 and 9999"] }),
  };
}

/** The users it names, to be checked. */
export const saidReferences = ({ createdBy, updatedBy }: Said): Reference[] => [
  ...(createdBy === undefined ? [] : [["created_by", "user_account", createdBy] as const]),
  ...(updatedBy === undefined ? [] : [["updated_by", "user_account", updatedBy] as const]),
];

/** Who made it, and who changed it last: whoever writes, unless told otherwise. */
export const saidAuthors = (
  { createdBy, updatedBy }: Said,
  { user }: By,
): { readonly createdBy: number | null; readonly updatedBy: number | null } => {
  const made = createdBy === undefined ? (user ?? null) : createdBy;
  return { createdBy: made, updatedBy: updatedBy === undefined ? made : updatedBy };
};

/** The columns that tell of it when a record is made, and what stands in them, as SQL; an id that is taken is a complaint named `id`. */
export interface SaidParts {
  readonly columns: string;
  readonly places: string;
  readonly references: readonly (readonly [name: string, table: "user_account", place: string])[];
  readonly complaints: readonly (readonly [name: string, condition: string])[];
  /** For the name of the statement. */
  readonly letters: string;
}

/** Tables that share one space of ids. */
const sharing: Readonly<Record<string, readonly string[]>> = { note: ["note", "call"], call: ["note", "call"] };

/** `table` is one of ours. `author` is the place of whoever writes. */
export function saidParts(table: string, said: Said, by: By, author: string, values: Values): SaidParts {
  if (!saysAnything(said))
    return {
      columns: "created_by, updated_by",
      places: `${author}::bigint, ${author}::bigint`,
      references: [],
      complaints: [],
      letters: "",
    };
  const authors = saidAuthors(said, by);
  const [made, changed] = [values.add(authors.createdBy), values.add(authors.updatedBy)];
  const [madeAt, changedAt] = [said.createdAt, said.updatedAt ?? said.createdAt].map(
    (at) => `coalesce(${values.add(at)}::timestamptz, statement_timestamp())`,
  );
  const id = said.id === undefined ? undefined : values.add(said.id);
  return {
    columns: `created_by, updated_by, created_at, updated_at${id === undefined ? "" : ", id"}`,
    places: `${made}::bigint, ${changed}::bigint, ${madeAt}, ${changedAt}${id === undefined ? "" : `, crm.take_id('${table}', ${id}::bigint)`}`,
    references: [
      ["created_by", "user_account", made],
      ["updated_by", "user_account", changed],
    ],
    complaints:
      id === undefined
        ? []
        : [
            [
              "id",
              (sharing[table] ?? [table])
                .map((one) => `exists (select from crm.${one} where workspace = $1 and id = ${id}::bigint)`)
                .join(" or "),
            ],
          ],
    letters: id === undefined ? "s" : "si",
  };
}

/** What to say when an id is taken. */
export const takenProblem = (id: number | undefined, wrong: readonly string[]): Record<string, string[]> =>
  wrong.includes("id") ? { id: [`${id} is taken`] } : {};

/** What a change sets of it: `[column, SQL]`. */
export function saidSets(said: Said, author: string, values: Values): [column: string, value: string][] {
  return [
    ["updated_by", said.updatedBy === undefined ? `${author}::bigint` : `${values.add(said.updatedBy)}::bigint`],
    ["updated_at", said.updatedAt === undefined ? "statement_timestamp()" : `${values.add(said.updatedAt)}::timestamptz`],
    ...(said.createdBy === undefined ? [] : [["created_by", `${values.add(said.createdBy)}::bigint`] as [string, string]]),
    ...(said.createdAt === undefined ? [] : [["created_at", `${values.add(said.createdAt)}::timestamptz`] as [string, string]]),
  ];
}

/** As `saidSets`, for a statement made of parts. */
export const saidSetParts = (said: Said, { user }: By): Part[] => [
  raw`updated_by = ${said.updatedBy === undefined ? (user ?? null) : said.updatedBy}`,
  said.updatedAt === undefined ? raw`updated_at = statement_timestamp()` : raw`updated_at = ${said.updatedAt}`,
  ...(said.createdBy === undefined ? [] : [raw`created_by = ${said.createdBy}`]),
  ...(said.createdAt === undefined ? [] : [raw`created_at = ${said.createdAt}`]),
];

/** For the timeline: who made it and when is part of its history; who says they changed it last is not. */
export const saidBefore = (
  current: { readonly createdBy: number | null; readonly createdAt: Date },
  said: Said,
): Record<string, unknown> => ({
  ...(said.createdBy !== undefined && { created_by: current.createdBy }),
  ...(said.createdAt !== undefined && { created_at: current.createdAt.toISOString() }),
});
export const saidAfter = ({ createdBy, createdAt }: Said): Record<string, unknown> => ({
  ...(createdBy !== undefined && { created_by: createdBy }),
  ...(createdAt !== undefined && { created_at: createdAt.toISOString() }),
});
