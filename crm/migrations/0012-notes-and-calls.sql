-- Notes of other kinds than what people write: messages of programs, of phones, attachments. `text` is what people read, `params` what programs keep with it.
alter table crm.note add column kind text not null default 'common', add column params jsonb;
create index note_kind on crm.note (workspace, kind, id) where kind <> 'common';

-- A call may stand on a company, and may have been put here by somebody.
alter table crm.call add column company bigint, add column params jsonb, add column created_by bigint, add column updated_by bigint, add column former_id bigint;
alter table crm.call add foreign key (workspace, company) references crm.company;
create index call_company on crm.call (workspace, company, started_at) where company is not null;
create index call_former on crm.call (workspace, former_id) where former_id is not null;

-- A task may take part of a minute.
alter table crm.task alter column estimate_minutes type numeric(12, 4);

-- Notes and calls share one space of ids from now on: there are programs to which a call is a note. A call whose id a note has gets a new one, and is still found by the one
-- that it had.
do $$
declare name text;
begin
  -- Where the owner of the schema is bound by row-level security, too, these would find no rows: so it is not, for now.
  foreach name in array array['call', 'note', 'timeline', 'merge'] loop execute format('alter table crm.%I no force row level security', name); end loop;
  perform setval('crm.note_id_seq', greatest((select last_value from crm.note_id_seq), (select last_value from crm.call_id_seq)));
  create temporary table renumbered on commit drop as
    select c.workspace, c.id as old, nextval('crm.note_id_seq') as new from crm.call c join crm.note n on n.workspace = c.workspace and n.id = c.id;
  update crm.call c set id = r.new, former_id = r.old from renumbered r where c.workspace = r.workspace and c.id = r.old;
  update crm.timeline t set call = r.new from renumbered r where t.workspace = r.workspace and t.call = r.old;
  -- What moved when contacts were merged.
  update crm.merge m set moved = jsonb_set(m.moved, '{rows,call}', (
    select jsonb_object_agg(was.key, (
      select coalesce(jsonb_agg(coalesce(r.new, ids.id::bigint)), '[]') from jsonb_array_elements_text(was.value) ids (id)
      left join renumbered r on r.workspace = m.workspace and r.old = ids.id::bigint))
    from jsonb_each(m.moved -> 'rows' -> 'call') was))
  where m.moved -> 'rows' -> 'call' is not null;
  foreach name in array array['call', 'note', 'timeline', 'merge'] loop execute format('alter table crm.%I force row level security', name); end loop;
end $$;
alter table crm.call alter column id drop identity;
alter table crm.call alter column id set default nextval('crm.note_id_seq');

create or replace function crm.take_id(entity text, id bigint) returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
  numbers text := pg_get_serial_sequence('crm.' || case entity when 'call' then 'note' else entity end, 'id');
  taken bigint;
begin
  execute format('select last_value from %s', numbers) into taken;
  if id <= taken then return id; end if;
  perform pg_advisory_xact_lock(hashtextextended('crm.take_id ' || numbers, 0));
  execute format('select last_value from %s', numbers) into taken;
  if id > taken then perform setval(numbers, id + 10000); end if;
  return id;
end $$;
