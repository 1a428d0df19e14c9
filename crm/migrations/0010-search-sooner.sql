-- Search stops as soon as there is enough of anything, and skips steps that add no word: the rest of `find_named` is as it was.
select set_config('search_path', 'pg_catalog, ' || string_agg(distinct quote_ident(n.nspname), ', '), true)
from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname in ('pg_trgm', 'btree_gin');

-- Records whose names hold each of the words typed, in any order. First those that hold the very words; when these are fewer than `wanted`, also those
-- with words that begin so, then with words that hold them, and only then with words that are like them. With `whole`, parts of words count from the start.
-- At most `most` of each entity, of those given where they are given; a shorter name scores more than a longer one.
create or replace function crm.find_named(entities text[], typed text, contacts bigint[], companies bigint[], deals bigint[], wanted integer, most integer, whole boolean)
returns table (entity text, id bigint, score real)
language plpgsql stable security definer set search_path from current set enable_seqscan = off as $$
declare
  ws bigint := crm.current_workspace();
  terms text[] := array(
    select t from unnest(string_to_array(crm.plain(typed), ' ')) with ordinality x (t, n) where t <> '' group by t order by min(n) limit 8);
  -- A term that may stand for more words than this is asked for step by step, first for the three best: mostly there is enough by then.
  few constant integer := 10;
  first integer; last integer;
  seen bigint[];
  -- How well the words of a name fit, on the average of the terms.
  score constant text := $q$(select sum(best) from (
      select max((m ->> k)::real) as best from unnest($2) with ordinality x (m, n) cross join unnest(%1$s) k group by n) b) / cardinality($2)$q$;
  kind text; named text; conditions text; filters text;
  maps jsonb[]; map jsonb; keys text[]; pivot text[];
  found integer; total integer; n integer;
  size integer; before integer := 0;
begin
  if ws is null or cardinality(terms) = 0 then return; end if;
  for depth in (case when whole then 3 else 1 end)..4 loop
    maps := '{}'; pivot := null; conditions := ''; filters := ''; size := 0;
    for n in 1..cardinality(terms) loop
      select jsonb_object_agg(ws || ':' || l.word, l.best), array_agg(ws || ':' || l.word order by l.best desc, l.word) into map, keys
        from (select w.word, max(w.score) as best from crm.words_like(terms[n], depth) w group by w.word) l;
      maps := maps || map;
      size := size + cardinality(keys);
      if cardinality(keys) <= few then conditions := conditions || format(' and %%1$s && %L::text[]', keys);
      else
        filters := filters || format(' and %%1$s && %L::text[]', keys);
        if pivot is null or cardinality(keys) < cardinality(pivot) then pivot := keys; end if;
      end if;
    end loop;
    -- No word more than in the step before: nothing more to be found.
    continue when size = before;
    before := size;
    total := 0;
    foreach kind in array entities loop
      named := format('crm.name_keys(r.workspace, %s)', case kind when 'contact' then 'r.full_name' else 'r.name' end);
      seen := case kind when 'contact' then contacts when 'company' then companies else deals end;
      found := 0; first := 1; last := 3;
      loop
        return query execute format($q$
          select %5$L, r.id, (%8$s - 0.01 * least(length(%6$s), 60) / 60)::real
          from (select * from crm.%2$I r where true %3$s offset 0) r
          where r.workspace = $1 and r.deleted_at is null %4$s %7$s limit $4$q$,
          named, kind,
          format(conditions || case when pivot is null then '' else format(' and %%1$s && %L::text[]', pivot[first:last]) end, named),
          format(filters, named), kind, case kind when 'contact' then 'r.full_name' else 'r.name' end,
          case when seen is null then '' else 'and r.id = any($3)' end,
          case when depth = 1 then '1' else format(score, named) end)
          using ws, maps, seen, most - found;
        get diagnostics n = row_count;
        found := found + n;
        exit when pivot is null or found >= wanted or found >= most or last >= cardinality(pivot);
        first := last + 1; last := last * 5;
      end loop;
      total := total + found;
      if found >= wanted or (whole and found > 0) then entities := array_remove(entities, kind); end if;
    end loop;
    -- What the next step finds, in whatever kind, scores less than all of these.
    exit when cardinality(entities) = 0 or (not whole and total >= wanted);
  end loop;
end $$;
