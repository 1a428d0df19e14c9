-- Lines of the timeline over all records, the newest of each kind first: one index for any kinds, and for all of them. By time alone, a rare kind is looked for among all
-- the others.
drop index crm.timeline_at;
create index timeline_kind on crm.timeline (workspace, kind, at, id);

-- Where a deal came from that nobody had taken: a form, a call. Those still open stand in the incoming stage of their pipeline.
create table crm.incoming (
  workspace bigint not null,
  uid text not null,
  deal bigint not null,
  contact bigint,                                -- made with it
  company bigint,                                -- made with it
  category text not null,
  source_uid text,
  source_name text,
  pipeline bigint not null,
  metadata jsonb not null default '{}',
  created_at timestamptz(3) not null default statement_timestamp(),
  updated_at timestamptz(3) not null default statement_timestamp(),
  resolved_at timestamptz(3),
  outcome text check (outcome in ('accepted', 'declined')),
  resolved_by bigint,                            -- a user; null for a program
  primary key (workspace, uid),
  check ((outcome is null) = (resolved_at is null)),
  foreign key (workspace, deal) references crm.deal,
  foreign key (workspace, contact) references crm.contact,
  foreign key (workspace, company) references crm.company
);
create unique index incoming_deal on crm.incoming (workspace, deal);
create index incoming_created on crm.incoming (workspace, created_at);

alter table crm.incoming enable row level security;
alter table crm.incoming force row level security;
create policy by_workspace on crm.incoming
  using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint)
  with check (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint);
grant select, insert, update, delete on crm.incoming to svyazka_app;
