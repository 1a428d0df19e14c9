import type { Directory } from "@svyazka/core";
import type { Sql } from "./sql.ts";

const text = `
  select jsonb_build_object(
    'users', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id::text, 'name', name, 'email', email, 'phone', phone, 'avatar', avatar, 'active', active)) order by id)
      from crm.user_account where workspace = $1), '[]'),
    'pipelines', coalesce((
      select jsonb_agg(jsonb_build_object('id', p.id::text, 'name', p.name, 'isDefault', p.is_default, 'stages', coalesce((
        select jsonb_agg(jsonb_build_object('id', s.id::text, 'name', s.name, 'kind', s.kind) order by s.rank, s.position, s.id)
        from crm.stage s where s.workspace = $1 and s.pipeline = p.id and s.deleted_at is null), '[]')) order by p.position, p.id)
      from crm.pipeline p where p.workspace = $1 and p.deleted_at is null), '[]'),
    'fields', (
      select jsonb_object_agg(entity, coalesce((
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', f.id::text, 'code', f.code, 'name', f.name, 'type', f.type, 'options', (
          select jsonb_agg(o.value order by o.position, o.id) from crm.field_option o where o.workspace = $1 and o.field = f.id and o.deleted_at is null
        ))) order by f.position, f.id)
        from crm.field f where f.workspace = $1 and f.entity = e.entity and f.deleted_at is null), '[]'))
      from (values ('contact'), ('company'), ('deal')) as e (entity)),
    'taskTypes', coalesce((
      select jsonb_agg(jsonb_build_object('id', id::text, 'name', name) order by position, id) from crm.task_type where workspace = $1 and deleted_at is null), '[]'),
    'sources', coalesce((
      select jsonb_agg(jsonb_build_object('id', id::text, 'name', name) order by position, id) from crm.source where workspace = $1 and deleted_at is null), '[]')
  ) as directory`;

/** Users, pipelines, fields, task types and sources as they are now. */
export async function readDirectory(sql: Sql): Promise<Directory> {
  const [row] = await sql.query<{ directory: Directory }>({ name: "crm-directory", text, values: [sql.workspace] });
  if (!row) throw new Error("a select without a table answers one row");
  return row.directory;
}
