-- Records by a custom value, and by their whole name. As for search (0005): the operators that an index answers here are not leakproof, and never get past row-level
-- security into one; so these functions are `security definer`, and name the workspace themselves. Each tells at most `most` ids: who finds more reads his list in its order
-- instead, and comes upon enough of them.
select set_config('search_path', 'pg_catalog, ' || string_agg(distinct quote_ident(n.nspname), ', '), true)
from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname in ('pg_trgm', 'btree_gin');

create index contact_fields on crm.contact using gin (workspace, fields jsonb_path_ops) with (gin_pending_list_limit = 512) where fields <> '{}';
create index company_fields on crm.company using gin (workspace, fields jsonb_path_ops) with (gin_pending_list_limit = 512) where fields <> '{}';
create index deal_fields on crm.deal using gin (workspace, fields jsonb_path_ops) with (gin_pending_list_limit = 512) where fields <> '{}';

-- Those whose values contain one of these: {"12": "text"}, {"12": [5]}.
create function crm.find_valued(entity text, held jsonb[], most integer) returns setof bigint
language plpgsql stable security definer set search_path from current set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
begin
  return query execute format(
    $q$select distinct found.id from unnest($2) as h (one) cross join lateral (
         select r.id from crm.%I r where r.workspace = $1 and r.fields <> '{}' and r.fields @> h.one limit $3) found limit $3$q$, entity)
    using crm.current_workspace(), held, most;
end $$;

-- Those that are called exactly so. A name without a word in it is none that an index knows.
create function crm.find_called(entity text, names text[], most integer) returns setof bigint
language plpgsql stable security definer set search_path from current set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
declare named text := case entity when 'contact' then 'full_name' else 'name' end;
begin
  return query execute format(
    $q$select distinct found.id from unnest($2) as n (name) cross join lateral (
         select r.id from crm.%1$I r where crm.name_keys(r.workspace, r.%2$I) @> crm.name_keys($1, n.name) and r.workspace = $1 and r.%2$I = n.name limit $3) found
       limit $3$q$, entity, named)
    using crm.current_workspace(), names, most;
end $$;

-- What is in the bin: few of all.
create index contact_gone on crm.contact (workspace, id) where deleted_at is not null;
create index company_gone on crm.company (workspace, id) where deleted_at is not null;
create index deal_gone on crm.deal (workspace, id) where deleted_at is not null;
