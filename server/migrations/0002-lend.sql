-- What the hub lends to its connections beside a way out: a place to keep things, somebody who listens, a round of questions, copies of files.

-- Small documents of one connection, sealed like its secrets.
create table hub.kept (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  id text not null,
  value text not null,
  at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (workspace, connection, kind, id)
);
create index kept_at on hub.kept (workspace, connection, kind, at, id);
create index kept_expiry on hub.kept (workspace, expires_at) where expires_at is not null;

-- Which process listens for a connection: one at a time, until its lease runs out.
create table hub.listener (
  workspace bigint not null,
  connection bigint not null,
  holder uuid not null,
  leased_until timestamptz not null,
  primary key (workspace, connection)
);

-- How far a connection has been asked for what it did not tell.
create table hub.poll (
  workspace bigint not null,
  connection bigint not null,
  reached timestamptz,
  deep_at timestamptz,
  next_at timestamptz not null default now(),
  leased_until timestamptz not null default '-infinity',
  -- Why the last round failed.
  error text,
  primary key (workspace, connection)
);

-- Copies in our own storage. The bytes lie in the directory for files, under the id.
create table hub.file (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  -- Where it was copied from, hashed: an address may hold a secret.
  source bytea not null,
  type text not null,
  bytes bigint not null,
  sha256 bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace, id)
);
create unique index file_source on hub.file (workspace, connection, source);
create index file_expiry on hub.file (workspace, expires_at);

do $$
declare
  name text;
begin
  foreach name in array array['kept', 'listener', 'poll', 'file'] loop
    execute format('alter table hub.%I enable row level security', name);
    execute format('alter table hub.%I force row level security', name);
    execute format(
      'create policy by_workspace on hub.%I using (workspace = nullif(current_setting(''svyazka.workspace'', true), '''')::bigint)', name);
    execute format('grant select, insert, update, delete on hub.%I to svyazka_app', name);
  end loop;
end
$$;
