-- Who changed what about the workspace itself: connections, people, tokens, routes, settings. Records of the CRM have their own history.
create table hub.audit (
  workspace bigint not null,
  id uuid not null,
  at timestamptz not null default now(),
  -- user:5, token:12, operator, nobody
  actor text not null,
  user_id bigint,
  ip text not null,
  -- The id of the route of /hub/v1.
  action text not null,
  params jsonb not null default '{}',
  -- Names of what was given; values of the few that are no secret and say what was done.
  members text[] not null default '{}',
  given jsonb not null default '{}',
  status int not null,
  -- What was wrong, when it was refused.
  detail text,
  primary key (workspace, id)
);

alter table hub.audit enable row level security;
alter table hub.audit force row level security;
create policy by_workspace on hub.audit using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint);
grant select, insert, update, delete on hub.audit to svyazka_app;
-- What has been written is not rewritten.
revoke update on hub.audit from svyazka_app;
