import { Invalid, NotFound, type OwnCallDraft, type OwnCalls, type OwnStampDraft, readPhone } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { getCall } from "../calls.ts";
import { mustSeeTarget } from "../notes.ts";
import { run } from "../page.ts";
import { mustSee } from "../records.ts";
import { checkReferences } from "../references.ts";
import { type Said, saidAuthors, saidProblems, saidReferences, saidSetParts } from "../said.ts";
import { saveCall } from "../save-call.ts";
import type { Sql } from "../sql.ts";

/** Calls of our own CRM that have been, for `OwnCrm`. */
export const ownCalls = (sql: Sql, by: By): OwnCalls => ({
  save: (draft) => sql.transaction((sql) => save(sql, draft, by)),
  update: (id, changes) => sql.transaction((sql) => update(sql, id, changes, by)),
});

async function save(sql: Sql, draft: OwnCallDraft, by: By): Promise<number> {
  const { key, direction, phone, contact, company, deal, responsible } = draft;
  const problems = { ...saidProblems(draft), ...(key === "" || key.length > 300 ? { key: ["must have 1 to 300 characters"] } : {}) };
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  await checkReferences(sql, [
    ["contact", "contact", contact],
    ["company", "company", company],
    ["deal", "deal", deal],
    ["responsible", "user_account", responsible],
    ...saidReferences(draft),
  ]);
  if (by.sees) {
    if (contact !== undefined) await mustSee(sql, "contact", contact, by);
    if (company !== undefined) await mustSee(sql, "company", company, by);
    if (deal !== undefined) await mustSeeTarget(sql, { deal }, by);
  }
  const isNew = await open(sql, draft, by);
  const { line, outcome, startedAt, talkSeconds, durationSeconds, recordings } = draft;
  const saved = await saveCall(
    sql,
    {
      ...{ key, direction, client: readPhone(phone, by.home.country) ?? { typed: phone }, state: "over" },
      ...given({ line, outcome, startedAt, talkSeconds, durationSeconds, recordings }),
      ...given({ contact: contact?.toString(), deal: deal?.toString() }),
      ...(responsible !== undefined && { employee: { user: String(responsible) } }),
    },
    by,
  );
  const id = Number(saved.id);
  if (company !== undefined) await putOnCompany(sql, id, company, by);
  await update(sql, id, { ...draft, ...(isNew && saidAuthors(draft, by)) }, by);
  return id;
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
const given = <T extends object>(members: T): Given<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;

/** Makes the call where there is none of this key, with its id and when it was made. Answers whether it did. */
async function open(sql: Sql, { key, direction, phone, startedAt, ...said }: OwnCallDraft, by: By): Promise<boolean> {
  const [known] = await run(sql, raw`select from crm.call where workspace = ${sql.workspace} and key = ${key}`);
  if (known) return false;
  if (said.id !== undefined) {
    const [taken] = await run(
      sql,
      raw`select from crm.note where workspace = ${sql.workspace} and id = ${said.id} union all select from crm.call where workspace = ${sql.workspace} and id = ${said.id}`,
    );
    if (taken) throw new Invalid({ id: [`${said.id} is taken`] });
  }
  const at = startedAt ?? said.createdAt ?? null;
  const id = said.id === undefined ? raw`nextval('crm.note_id_seq')` : raw`crm.take_id('call', ${said.id})`;
  const made = await run(
    sql,
    raw`insert into crm.call (workspace, id, key, via, direction, phone, state, started_at, created_at)
      values (${sql.workspace}, ${id}, ${key}, ${by.via ?? null}, ${direction}, ${phone}, 'ringing', coalesce(${at}, statement_timestamp()),
        coalesce(${said.createdAt ?? null}, statement_timestamp()))
      on conflict (workspace, key) do nothing returning id`,
  );
  return made.length > 0;
}

/** Told in the company's timeline, as in those of contacts and deals. */
async function putOnCompany(sql: Sql, id: number, company: number, by: By): Promise<void> {
  const [put] = await run<{ at: Date }>(
    sql,
    raw`update crm.call set company = ${company} where workspace = ${sql.workspace} and id = ${id} and company is null returning started_at as at`,
  );
  if (!put) return;
  await run(
    sql,
    raw`insert into crm.timeline (workspace, at, kind, actor, via, company, call)
      values (${sql.workspace}, ${put.at}, 'call', ${by.actor}, ${by.via ?? null}, ${company}, ${id})`,
  );
}

type Changes = Pick<OwnCallDraft, "params" | keyof OwnStampDraft>;

async function update(sql: Sql, id: number, { params, createdAt, updatedAt, createdBy, updatedBy }: Changes, by: By): Promise<void> {
  const said: Said = { createdAt, updatedAt, createdBy, updatedBy };
  const problems = saidProblems(said);
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  await checkReferences(sql, saidReferences(said));
  if (by.sees) await getCall(sql, id, by);
  const sets = [...saidSetParts(said, by), ...(params === undefined ? [] : [raw`params = ${params && JSON.stringify(params)}::jsonb`])];
  const changed = await run(
    sql,
    raw`update crm.call set ${raw.join(sets)} where workspace = ${sql.workspace} and id = ${id} and deleted_at is null returning id`,
  );
  if (changed.length === 0) throw new NotFound("call", id);
}
