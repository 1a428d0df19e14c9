-- Copying a whole CRM that is elsewhere into ours, and back: one at a time in a workspace, by whichever process holds the lease.
create table hub.move (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  direction text not null check (direction in ('in', 'out', 'compare')),
  into_filled boolean not null,
  state text not null check (state in ('running', 'done', 'cancelled', 'failed')),
  -- Where it stands, in its vendor's own words; and how far that is.
  place jsonb,
  progress jsonb,
  -- Why it has failed, or why it waits until `next_at`.
  error text,
  tries int not null default 0,
  next_at timestamptz not null default now(),
  lease uuid,
  leased_until timestamptz not null default '-infinity',
  created_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (workspace, id)
);
create unique index move_running on hub.move (workspace) where state = 'running';
create index move_of on hub.move (workspace, connection, id);

-- What such a run has found: told again, it stands where it stood.
create table hub.move_finding (
  workspace bigint not null,
  move uuid not null,
  key text not null,
  n bigint generated always as identity,
  what text not null,
  kind text not null,
  record text,
  member text,
  there text,
  here text,
  words jsonb,
  count int,
  primary key (workspace, move, key),
  foreign key (workspace, move) references hub.move on delete cascade
);
create index move_finding_in_order on hub.move_finding (workspace, move, n);

do $$
declare name text;
begin
  foreach name in array array['move', 'move_finding'] loop
    execute format('alter table hub.%I enable row level security', name);
    execute format('alter table hub.%I force row level security', name);
    execute format(
      'create policy by_workspace on hub.%I using (workspace = nullif(current_setting(''svyazka.workspace'', true), '''')::bigint)', name);
    execute format('grant select, insert, update, delete on hub.%I to svyazka_app', name);
  end loop;
end $$;
