-- Who tells whom: which flows about the facts of one connection run for which other. All do, unless a row says no.

create table hub.route (
  workspace bigint not null,
  source bigint not null,
  flow text not null,
  target bigint not null,
  enabled boolean not null,
  updated_at timestamptz not null default now(),
  primary key (workspace, source, flow, target)
);

alter table hub.route enable row level security;
alter table hub.route force row level security;
create policy by_workspace on hub.route using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint);
grant select, insert, update, delete on hub.route to svyazka_app;
