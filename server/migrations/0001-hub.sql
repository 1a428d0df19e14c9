-- The hub's own tables. Every one of them leads its primary key with `workspace` and is bound by row-level security,
-- but for a few small reference tables, which find the workspace in the first place: they hold names, ids and hashes only.

grant usage on schema hub to svyazka_app;
alter default privileges in schema hub grant select, insert, update, delete on tables to svyazka_app;
alter default privileges in schema hub grant usage, select on sequences to svyazka_app;

---------------------------------------------------------------- reference tables

create table hub.workspace (
  id bigint generated always as identity primary key,
  subdomain text not null unique,
  name text not null,
  country text not null,
  time_zone text not null,
  language text not null,
  currency text not null,
  created_at timestamptz not null default now()
);

-- Facts about the installation: which key encrypts it, whether the one-time set-up link has been used.
create table hub.installation (
  name text primary key,
  value text not null
);

-- Which connection a secret at the door belongs to. `key` is `id:<connection>` or the SHA-256 of the secret.
create table hub.door (
  key text primary key,
  workspace bigint not null,
  connection bigint not null,
  expires_at timestamptz
);
create index door_connection on hub.door (workspace, connection);

-- Where a person with this e-mail (SHA-256, lower case) may sign in.
create table hub.login (
  email_hash text not null,
  workspace bigint not null,
  user_id bigint not null,
  primary key (email_hash, workspace)
);

create table hub.session (
  id_hash text primary key,
  workspace bigint,
  user_id bigint,
  data jsonb not null,
  expires_at timestamptz not null
);
create index session_of_user on hub.session (workspace, user_id);
create index session_expiry on hub.session (expires_at);

---------------------------------------------------------------- people and programs that may call

create table hub.api_token (
  workspace bigint not null,
  id bigint generated always as identity,
  name text not null,
  hash text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace, id)
);
create unique index api_token_hash on hub.api_token (workspace, hash);

create table hub.invitation (
  workspace bigint not null,
  id bigint generated always as identity,
  hash text not null,
  user_id bigint not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace, id)
);
create unique index invitation_hash on hub.invitation (workspace, hash);

-- The answer to a request that carried an Idempotency-Key, to be given again.
create table hub.idempotent_answer (
  workspace bigint not null,
  key text not null,
  request text not null,
  status int,
  -- Encrypted: an answer may show a secret this once.
  answer text,
  at timestamptz not null default now(),
  primary key (workspace, key)
);

---------------------------------------------------------------- connections

create table hub.connection (
  workspace bigint not null,
  id bigint generated always as identity,
  vendor text not null,
  name text not null,
  settings jsonb not null default '{}',
  -- One AES-256-GCM text for all secrets of the connection; starts with the id of its key.
  secrets text not null default '',
  state text not null default 'active' check (state in ('active', 'disabled', 'removed')),
  -- Set while the far side wants a new sign-in: its deliveries wait.
  parked_because text,
  -- The last check: {ok, message, at}.
  health jsonb,
  allow_private_addresses boolean not null default false,
  -- How often the next one in turn was asked for.
  turn bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace, id)
);
create index connection_id on hub.connection (workspace, state);

create table hub.mapping (
  workspace bigint not null,
  connection bigint not null,
  kind text not null check (kind in ('user', 'field', 'stage')),
  theirs text not null,
  ours text not null,
  primary key (workspace, connection, kind, theirs)
);

create table hub.link (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  theirs text not null,
  ours text not null,
  at timestamptz not null default now(),
  primary key (workspace, connection, kind, theirs)
);
create index link_ours on hub.link (workspace, connection, kind, ours);

-- What a CRM was made of when last asked.
create table hub.directory_copy (
  workspace bigint not null,
  connection bigint not null,
  directory jsonb not null,
  at timestamptz not null default now(),
  primary key (workspace, connection)
);

-- When the next request to the far side may leave, for vendors that limit their callers.
create table hub.pace (
  workspace bigint not null,
  connection bigint not null,
  free_at timestamptz not null default now(),
  primary key (workspace, connection)
);

---------------------------------------------------------------- the journal and what came of it

-- Every form is a row in each of these tables, so an index must earn its place: what housekeeping does once an hour has none.

-- The requests as they came, secrets removed, and what became of each.
create table hub.journal (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  received_at timestamptz not null default now(),
  method text not null,
  -- As the vendor's documents write it; `prefix` is what stood before.
  path text not null,
  prefix text not null,
  query text not null,
  headers jsonb not null,
  body bytea,
  ip text not null,
  outcome text not null check (outcome in ('accepted', 'repeated', 'answered', 'ignored', 'malformed', 'failed')),
  detail text,
  status int not null,
  events uuid[] not null default '{}',
  primary key (workspace, id)
);
create index journal_connection on hub.journal (workspace, connection, id);

-- The key of each fact: what arrives twice is recorded once. `expires_at` is infinite for facts whose key stands for ever.
create table hub.seen (
  workspace bigint not null,
  connection bigint not null,
  key text not null,
  event uuid not null,
  repeats int not null default 0,
  expires_at timestamptz not null,
  primary key (workspace, connection, key)
);

create table hub.event (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  journal uuid not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  received_at timestamptz not null default now(),
  primary key (workspace, id)
);

-- One flow's handling of one event for one connection: the queue entry, and what people see, search and replay.
create table hub.delivery (
  workspace bigint not null,
  id uuid not null,
  event uuid not null,
  flow text not null,
  target bigint not null,
  lane text not null,
  -- The place in the lane: deliveries of one lane are worked on one at a time, in this order.
  seq bigint not null,
  state text not null check (state in ('waiting', 'held', 'parked', 'done', 'failed', 'skipped')),
  attempts int not null default 0,
  -- How far down the retry list it is: attempts that failed by no fault of the target do not count.
  tries int not null default 0,
  -- A sentence for people: what was done, why it is held, what the far side said.
  detail text,
  -- The records it touched: {"contact": "12", "deal": "15"}.
  records jsonb,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz,
  finished_at timestamptz,
  primary key (workspace, id)
);
create index delivery_head on hub.delivery (workspace, lane, seq) where state = 'waiting';
create index delivery_event on hub.delivery (workspace, event);
create index delivery_open on hub.delivery (workspace, state, id) where state in ('waiting', 'held', 'parked', 'failed');
create index delivery_records on hub.delivery using gin (records jsonb_path_ops) where records is not null;

-- One row for each subject of each target: what the claim locks, so that order is kept and a stuck subject costs the others nothing.
create table hub.lane (
  workspace bigint not null,
  lane text not null,
  target bigint not null,
  -- Deliveries that are waiting or parked.
  pending int not null,
  last_seq bigint not null,
  next_at timestamptz not null default now(),
  leased_until timestamptz not null default '-infinity',
  -- Grows with every claim and completion: a worker that lost its lease cannot complete.
  fence bigint not null default 0,
  primary key (workspace, lane)
);
create index lane_due on hub.lane (workspace, next_at) where pending > 0;

create table hub.attempt (
  workspace bigint not null,
  delivery uuid not null,
  number int not null,
  started_at timestamptz not null,
  ms int not null,
  outcome text not null check (outcome in ('done', 'retry', 'parked', 'failed')),
  error text,
  -- The requests that left during this attempt and their answers, shortened, secrets removed.
  calls jsonb,
  primary key (workspace, delivery, number)
);

-- Rows come and go quickly here: statistics and dead rows must not lag behind.
alter table hub.lane set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, fillfactor = 70);
alter table hub.delivery set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, fillfactor = 80);

---------------------------------------------------------------- statistics of young tables

-- Without statistics the planner takes "of this workspace" for a selective condition and reads all of it, and a prepared plan keeps that mistake.
-- Autovacuum comes after a minute at best; the hub asks sooner while the tables are young. ANALYZE makes every prepared statement plan again.
create function hub.refresh_statistics() returns void language plpgsql security definer set search_path = '' as $$
begin
  analyze hub.seen, hub.journal, hub.event, hub.delivery, hub.lane, hub.attempt;
  analyze crm.contact, crm.channel, crm.deal, crm.deal_contact, crm.company, crm.task, crm.note, crm.timeline, crm.written;
end
$$;
revoke all on function hub.refresh_statistics() from public;
grant execute on function hub.refresh_statistics() to svyazka_app;

---------------------------------------------------------------- one workspace at a time

do $$
declare
  name text;
begin
  for name in
    select table_name from information_schema.columns
    where table_schema = 'hub' and column_name = 'workspace' and table_name not in ('door', 'login', 'session')
  loop
    execute format('alter table hub.%I enable row level security', name);
    execute format('alter table hub.%I force row level security', name);
    execute format(
      'create policy by_workspace on hub.%I using (workspace = nullif(current_setting(''svyazka.workspace'', true), '''')::bigint)', name);
  end loop;
end
$$;

grant select, insert, update, delete on all tables in schema hub to svyazka_app;
grant usage, select on all sequences in schema hub to svyazka_app;
revoke insert, update, delete on hub.migration from svyazka_app;
