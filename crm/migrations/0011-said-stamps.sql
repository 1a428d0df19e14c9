-- Whoever copies a record from elsewhere may say when it was made and changed, by whom, and which id it has. `created_at` and `updated_at` are what people are shown and
-- what lists are sorted and filtered by; when a row was really written stands in `changed_at`, which is what feeds go by. A trigger keeps it, so that no writer can
-- forget it. (One column with an expression over both would not do: under row-level security an index is used for plain columns only.)
create function crm.keep_changed_at() returns trigger language plpgsql as $$
begin
  new.changed_at := statement_timestamp();
  return new;
end $$;

do $$
declare name text;
begin
  foreach name in array array['contact', 'company', 'deal', 'task', 'note', 'call'] loop
    execute format('alter table crm.%I add column changed_at timestamptz(3)', name);
    -- Where the owner of the schema is bound by row-level security, too, an update would find no rows: so it is not, for this statement.
    execute format('alter table crm.%I no force row level security', name);
    execute format('update crm.%I set changed_at = updated_at', name);
    execute format('alter table crm.%I force row level security', name);
    execute format('alter table crm.%I alter column changed_at set default statement_timestamp(), alter column changed_at set not null', name);
    execute format('create index %I on crm.%I (workspace, changed_at, id)', name || '_changed', name);
    execute format('create trigger keep_changed_at before update on crm.%I for each row execute function crm.keep_changed_at()', name);
  end loop;
  -- These have no line in the timeline that tells when they were really made. Null: when they say.
  foreach name in array array['task', 'note', 'call'] loop
    execute format('alter table crm.%I add column made_at timestamptz(3)', name);
    execute format('alter table crm.%I alter column made_at set default statement_timestamp()', name);
  end loop;
  -- Those that people made or changed; most are made by programs.
  foreach name in array array['contact', 'company', 'deal'] loop
    execute format('create index %I on crm.%I (workspace, created_by, id) where created_by is not null', name || '_made_by', name);
    execute format('create index %I on crm.%I (workspace, updated_by, id) where updated_by is not null', name || '_changed_by', name);
  end loop;
end $$;

-- An id that somebody brings along: later ones are higher. The sequence is moved far beyond it, so that whoever takes a number at this very moment is not run
-- over, and one at a time.
create function crm.take_id(entity text, id bigint) returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
  numbers text := pg_get_serial_sequence('crm.' || entity, 'id');
  taken bigint;
begin
  execute format('select last_value from %s', numbers) into taken;
  if id <= taken then return id; end if;
  perform pg_advisory_xact_lock(hashtextextended('crm.take_id ' || entity, 0));
  execute format('select last_value from %s', numbers) into taken;
  if id > taken then perform setval(numbers, id + 10000); end if;
  return id;
end $$;
