-- Who is in a CRM that is elsewhere, as a connection last saw it.
create table hub.book_entry (
  workspace bigint not null,
  connection bigint not null,
  kind text not null check (kind in ('contact', 'company')),
  id text not null,
  name text not null,
  phones text[] not null,
  emails text[] not null,
  inn text,
  company text,
  responsible text,
  changed_at timestamptz not null,
  active_at timestamptz not null,
  primary key (workspace, connection, kind, id)
);
-- What an entry is found by: `p:+79101234567`, `e:anna@example.com`, `i:7701234567`, `n:ооо ромашка`.
create table hub.book_key (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  id text not null,
  key text not null,
  primary key (workspace, connection, kind, id, key)
);
create index book_key_found on hub.book_key (workspace, connection, kind, key);

-- Work that one process of the hub does at a time: held for a while, and kept while it goes on.
create table hub.held (
  workspace bigint not null,
  connection bigint not null,
  name text not null,
  holder uuid not null,
  until timestamptz not null,
  primary key (workspace, connection, name)
);

do $$
declare name text;
begin
  foreach name in array array['book_entry', 'book_key', 'held'] loop
    execute format('alter table hub.%I enable row level security', name);
    execute format('alter table hub.%I force row level security', name);
    execute format(
      'create policy by_workspace on hub.%I using (workspace = nullif(current_setting(''svyazka.workspace'', true), '''')::bigint)', name);
    execute format('grant select, insert, update, delete on hub.%I to svyazka_app', name);
  end loop;
end $$;
