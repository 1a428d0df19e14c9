-- What a person set up for themselves. Who they are is the CRM's to know.

create table hub.person (
  workspace bigint not null,
  user_id bigint not null,
  -- Of the pages they use: theme, density, the last board.
  preferences jsonb not null default '{}',
  -- The phone in their browser: {enabled, server, uri, …}.
  softphone jsonb,
  -- Its password, sealed; '' when there is none.
  softphone_password text not null default '',
  updated_at timestamptz not null default now(),
  primary key (workspace, user_id)
);

alter table hub.person enable row level security;
alter table hub.person force row level security;
create policy by_workspace on hub.person using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint);
grant select, insert, update, delete on hub.person to svyazka_app;
