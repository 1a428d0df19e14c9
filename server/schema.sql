-- Written by `npm run dump-schema` from the migrations: do not edit by hand.

create table crm.call (
  workspace bigint not null,
  id bigint not null default nextval('crm.note_id_seq'::regclass),
  key text not null,
  via bigint,
  direction text not null,
  phone text not null,
  e164 text,
  line text,
  account text,
  extension text,
  group_name text,
  responsible bigint,
  state text not null,
  answered boolean not null default false,
  told text,
  outcome text,
  started_at timestamp(3) with time zone not null,
  wait_seconds integer,
  talk_seconds integer,
  duration_seconds integer,
  recordings jsonb not null default '[]'::jsonb,
  rating integer,
  contact bigint,
  deal bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  made_at timestamp(3) with time zone default statement_timestamp(),
  company bigint,
  params jsonb,
  created_by bigint,
  updated_by bigint,
  former_id bigint,
  constraint call_pkey PRIMARY KEY (workspace, id),
  constraint call_workspace_company_fkey FOREIGN KEY (workspace, company) REFERENCES crm.company(workspace, id),
  constraint call_workspace_contact_fkey FOREIGN KEY (workspace, contact) REFERENCES crm.contact(workspace, id),
  constraint call_workspace_deal_fkey FOREIGN KEY (workspace, deal) REFERENCES crm.deal(workspace, id),
  constraint call_check CHECK (((outcome IS NOT NULL) = (state = 'over'::text))),
  constraint call_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'internal'::text]))),
  constraint call_state_check CHECK ((state = ANY (ARRAY['ringing'::text, 'talking'::text, 'over'::text])))
);
CREATE INDEX call_changed ON crm.call USING btree (workspace, changed_at, id);
CREATE INDEX call_company ON crm.call USING btree (workspace, company, started_at) WHERE (company IS NOT NULL);
CREATE INDEX call_contact ON crm.call USING btree (workspace, contact, started_at) WHERE (contact IS NOT NULL);
CREATE INDEX call_created ON crm.call USING btree (workspace, created_at, id);
CREATE INDEX call_deal ON crm.call USING btree (workspace, deal, started_at) WHERE (deal IS NOT NULL);
CREATE INDEX call_former ON crm.call USING btree (workspace, former_id) WHERE (former_id IS NOT NULL);
CREATE INDEX call_missed ON crm.call USING btree (workspace, started_at) WHERE (outcome = 'missed'::text);
CREATE INDEX call_of ON crm.call USING btree (workspace, responsible, started_at) WHERE (responsible IS NOT NULL);
CREATE INDEX call_open ON crm.call USING btree (workspace, updated_at) WHERE (state <> 'over'::text);
CREATE INDEX call_phone ON crm.call USING btree (workspace, e164, started_at) WHERE (e164 IS NOT NULL);
CREATE INDEX call_started ON crm.call USING btree (workspace, started_at, id);
CREATE INDEX call_updated ON crm.call USING btree (workspace, updated_at, id);
CREATE UNIQUE INDEX call_key ON crm.call USING btree (workspace, key);
alter table crm.call force row level security;

create table crm.catalog (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  kind text not null default 'regular'::text,
  "position" integer not null default 0,
  is_shared boolean not null default true,
  served jsonb,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint catalog_pkey PRIMARY KEY (workspace, id),
  constraint catalog_kind_check CHECK ((kind = ANY (ARRAY['regular'::text, 'products'::text, 'invoices'::text])))
);
CREATE UNIQUE INDEX catalog_kind ON crm.catalog USING btree (workspace, kind) WHERE ((kind <> 'regular'::text) AND (deleted_at IS NULL));
alter table crm.catalog force row level security;

create table crm.channel (
  workspace bigint not null,
  id bigint not null generated as identity,
  contact bigint,
  company bigint,
  kind text not null,
  label text not null default 'work'::text,
  network text,
  value text not null,
  e164 text,
  last10 text,
  email_lower text,
  ext text,
  toll_free boolean not null default false,
  "position" smallint not null default 0,
  served_label text,
  constraint channel_pkey PRIMARY KEY (workspace, id),
  constraint channel_workspace_company_fkey FOREIGN KEY (workspace, company) REFERENCES crm.company(workspace, id) ON DELETE CASCADE,
  constraint channel_workspace_contact_fkey FOREIGN KEY (workspace, contact) REFERENCES crm.contact(workspace, id) ON DELETE CASCADE,
  constraint channel_check CHECK ((num_nonnulls(contact, company) = 1)),
  constraint channel_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'messenger'::text])))
);
CREATE INDEX channel_company ON crm.channel USING btree (workspace, company) WHERE (company IS NOT NULL);
CREATE INDEX channel_contact ON crm.channel USING btree (workspace, contact) WHERE (contact IS NOT NULL);
CREATE INDEX channel_e164 ON crm.channel USING btree (workspace, e164) WHERE (e164 IS NOT NULL);
CREATE INDEX channel_email ON crm.channel USING btree (workspace, email_lower) WHERE (email_lower IS NOT NULL);
CREATE INDEX channel_key ON crm.channel USING gin (workspace, crm.channel_key(last10, value) crm.gin_trgm_ops) WITH (gin_pending_list_limit='512');
CREATE INDEX channel_last10 ON crm.channel USING btree (workspace, last10) WHERE (last10 IS NOT NULL);
alter table crm.channel force row level security;

create table crm.company (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null default ''::text,
  inn text,
  kpp text,
  website text,
  responsible bigint,
  fields jsonb not null default '{}'::jsonb,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  version integer not null default 1,
  merged_into bigint,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  address text,
  constraint company_pkey PRIMARY KEY (workspace, id)
);
CREATE INDEX company_alike ON crm.company USING btree (workspace, crm.company_key(name)) WHERE (deleted_at IS NULL);
CREATE INDEX company_changed ON crm.company USING btree (workspace, changed_at, id);
CREATE INDEX company_changed_by ON crm.company USING btree (workspace, updated_by, id) WHERE (updated_by IS NOT NULL);
CREATE INDEX company_created ON crm.company USING btree (workspace, created_at, id);
CREATE INDEX company_fields ON crm.company USING gin (workspace, fields jsonb_path_ops) WITH (gin_pending_list_limit='512') WHERE (fields <> '{}'::jsonb);
CREATE INDEX company_gone ON crm.company USING btree (workspace, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX company_inn ON crm.company USING btree (workspace, inn) WHERE (inn IS NOT NULL);
CREATE INDEX company_made_by ON crm.company USING btree (workspace, created_by, id) WHERE (created_by IS NOT NULL);
CREATE INDEX company_merged ON crm.company USING btree (workspace, merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX company_name ON crm.company USING btree (workspace, lower(name));
CREATE INDEX company_responsible ON crm.company USING btree (workspace, responsible, id);
CREATE INDEX company_updated ON crm.company USING btree (workspace, updated_at, id);
CREATE INDEX company_words ON crm.company USING gin (crm.name_keys(workspace, name)) WITH (gin_pending_list_limit='512');
alter table crm.company force row level security;

create table crm.contact (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null default ''::text,
  surname text not null default ''::text,
  middlename text not null default ''::text,
  full_name text generated always as btrim(replace(((((name || ' '::text) || middlename) || ' '::text) || surname), '  '::text, ' '::text)),
  "position" text,
  website text,
  company bigint,
  responsible bigint,
  fields jsonb not null default '{}'::jsonb,
  attribution jsonb,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  version integer not null default 1,
  merged_into bigint,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint contact_pkey PRIMARY KEY (workspace, id),
  constraint contact_workspace_company_fkey FOREIGN KEY (workspace, company) REFERENCES crm.company(workspace, id)
);
CREATE INDEX contact_changed ON crm.contact USING btree (workspace, changed_at, id);
CREATE INDEX contact_changed_by ON crm.contact USING btree (workspace, updated_by, id) WHERE (updated_by IS NOT NULL);
CREATE INDEX contact_company ON crm.contact USING btree (workspace, company, id) WHERE (company IS NOT NULL);
CREATE INDEX contact_created ON crm.contact USING btree (workspace, created_at, id);
CREATE INDEX contact_fields ON crm.contact USING gin (workspace, fields jsonb_path_ops) WITH (gin_pending_list_limit='512') WHERE (fields <> '{}'::jsonb);
CREATE INDEX contact_gone ON crm.contact USING btree (workspace, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX contact_made_by ON crm.contact USING btree (workspace, created_by, id) WHERE (created_by IS NOT NULL);
CREATE INDEX contact_merged ON crm.contact USING btree (workspace, merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX contact_responsible ON crm.contact USING btree (workspace, responsible, id);
CREATE INDEX contact_updated ON crm.contact USING btree (workspace, updated_at, id);
CREATE INDEX contact_words ON crm.contact USING gin (crm.name_keys(workspace, full_name)) WITH (gin_pending_list_limit='512');
alter table crm.contact force row level security;

create table crm.conversation (
  workspace bigint not null,
  id bigint not null generated as identity,
  uid uuid not null default gen_random_uuid(),
  channel bigint not null,
  network text not null,
  external text,
  client jsonb not null,
  contact bigint,
  deal bigint,
  source bigint,
  closed_at timestamp(3) with time zone,
  read_at timestamp(3) with time zone,
  last_message_at timestamp(3) with time zone,
  last_incoming_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  responsible bigint,
  unread integer not null default 0,
  preview jsonb,
  client_external text generated always as (client ->> 'external'::text),
  client_phone text generated always as NULLIF(regexp_replace((client ->> 'phone'::text), '\D'::text, ''::text, 'g'::text), ''::text),
  client_username text generated always as NULLIF(lower((client ->> 'username'::text)), ''::text),
  constraint conversation_pkey PRIMARY KEY (workspace, id),
  constraint conversation_workspace_contact_fkey FOREIGN KEY (workspace, contact) REFERENCES crm.contact(workspace, id),
  constraint conversation_workspace_deal_fkey FOREIGN KEY (workspace, deal) REFERENCES crm.deal(workspace, id)
);
CREATE INDEX conversation_changed ON crm.conversation USING btree (workspace, changed_at, id);
CREATE INDEX conversation_client ON crm.conversation USING btree (workspace, network, client_external, updated_at) WHERE (client_external IS NOT NULL);
CREATE INDEX conversation_contact ON crm.conversation USING btree (workspace, contact) WHERE (contact IS NOT NULL);
CREATE INDEX conversation_deal ON crm.conversation USING btree (workspace, deal) WHERE (deal IS NOT NULL);
CREATE INDEX conversation_first ON crm.conversation USING btree (workspace, channel, id) WHERE (external IS NULL);
CREATE INDEX conversation_last ON crm.conversation USING btree (workspace, COALESCE(last_message_at, created_at), id);
CREATE INDEX conversation_phone ON crm.conversation USING btree (workspace, channel, client_phone, id) WHERE (client_phone IS NOT NULL);
CREATE INDEX conversation_unread ON crm.conversation USING btree (workspace, responsible) WHERE (unread > 0);
CREATE INDEX conversation_updated ON crm.conversation USING btree (workspace, updated_at, id);
CREATE INDEX conversation_username ON crm.conversation USING btree (workspace, channel, client_username, id) WHERE (client_username IS NOT NULL);
CREATE UNIQUE INDEX conversation_external ON crm.conversation USING btree (workspace, channel, external) WHERE (external IS NOT NULL);
CREATE UNIQUE INDEX conversation_uid ON crm.conversation USING btree (workspace, uid);
alter table crm.conversation force row level security;

create table crm.conversation_place (
  workspace bigint not null,
  conversation bigint not null,
  connection bigint not null,
  contact text,
  deal text,
  at timestamp(3) with time zone not null default statement_timestamp(),
  constraint conversation_place_pkey PRIMARY KEY (workspace, conversation, connection),
  constraint conversation_place_workspace_conversation_fkey FOREIGN KEY (workspace, conversation) REFERENCES crm.conversation(workspace, id) ON DELETE CASCADE
);
alter table crm.conversation_place force row level security;

create table crm.deal (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null default ''::text,
  sum_minor bigint,
  currency character(3) not null,
  pipeline bigint not null,
  stage bigint not null,
  responsible bigint,
  company bigint,
  source bigint,
  loss_reason bigint,
  fields jsonb not null default '{}'::jsonb,
  attribution jsonb,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  closed_at timestamp(3) with time zone,
  deleted_at timestamp(3) with time zone,
  version integer not null default 1,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint deal_pkey PRIMARY KEY (workspace, id),
  constraint deal_workspace_company_fkey FOREIGN KEY (workspace, company) REFERENCES crm.company(workspace, id),
  constraint deal_workspace_stage_fkey FOREIGN KEY (workspace, stage) REFERENCES crm.stage(workspace, id)
);
CREATE INDEX deal_changed ON crm.deal USING btree (workspace, changed_at, id);
CREATE INDEX deal_changed_by ON crm.deal USING btree (workspace, updated_by, id) WHERE (updated_by IS NOT NULL);
CREATE INDEX deal_closed ON crm.deal USING btree (workspace, closed_at) WHERE (closed_at IS NOT NULL);
CREATE INDEX deal_company ON crm.deal USING btree (workspace, company, id) WHERE (company IS NOT NULL);
CREATE INDEX deal_created ON crm.deal USING btree (workspace, created_at, id);
CREATE INDEX deal_fields ON crm.deal USING gin (workspace, fields jsonb_path_ops) WITH (gin_pending_list_limit='512') WHERE (fields <> '{}'::jsonb);
CREATE INDEX deal_gone ON crm.deal USING btree (workspace, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX deal_made_by ON crm.deal USING btree (workspace, created_by, id) WHERE (created_by IS NOT NULL);
CREATE INDEX deal_responsible ON crm.deal USING btree (workspace, responsible, created_at, id);
CREATE INDEX deal_stage ON crm.deal USING btree (workspace, stage, created_at, id);
CREATE INDEX deal_updated ON crm.deal USING btree (workspace, updated_at, id);
CREATE INDEX deal_words ON crm.deal USING gin (crm.name_keys(workspace, name)) WITH (gin_pending_list_limit='512');
alter table crm.deal force row level security;

create table crm.deal_contact (
  workspace bigint not null,
  deal bigint not null,
  contact bigint not null,
  is_main boolean not null default false,
  constraint deal_contact_pkey PRIMARY KEY (workspace, deal, contact),
  constraint deal_contact_workspace_contact_fkey FOREIGN KEY (workspace, contact) REFERENCES crm.contact(workspace, id) ON DELETE CASCADE,
  constraint deal_contact_workspace_deal_fkey FOREIGN KEY (workspace, deal) REFERENCES crm.deal(workspace, id) ON DELETE CASCADE
);
CREATE INDEX deal_contact_contact ON crm.deal_contact USING btree (workspace, contact, deal);
alter table crm.deal_contact force row level security;

create table crm.deal_element (
  workspace bigint not null,
  deal bigint not null,
  element bigint not null,
  quantity double precision not null default 1,
  price_field bigint,
  constraint deal_element_pkey PRIMARY KEY (workspace, deal, element),
  constraint deal_element_workspace_deal_fkey FOREIGN KEY (workspace, deal) REFERENCES crm.deal(workspace, id),
  constraint deal_element_workspace_element_fkey FOREIGN KEY (workspace, element) REFERENCES crm.element(workspace, id),
  constraint deal_element_quantity_check CHECK ((quantity > (0)::double precision))
);
CREATE INDEX deal_element_element ON crm.deal_element USING btree (workspace, element, deal);
alter table crm.deal_element force row level security;

create table crm.early_change (
  workspace bigint not null,
  id bigint not null generated as identity,
  channel bigint not null,
  external text not null,
  change jsonb not null,
  at timestamp(3) with time zone not null default statement_timestamp(),
  constraint early_change_pkey PRIMARY KEY (workspace, id)
);
CREATE INDEX early_change_at ON crm.early_change USING btree (workspace, at);
CREATE INDEX early_change_external ON crm.early_change USING btree (workspace, channel, external, id);
alter table crm.early_change force row level security;

create table crm.element (
  workspace bigint not null,
  id bigint not null generated as identity,
  catalog bigint not null,
  name text not null default ''::text,
  fields jsonb not null default '{}'::jsonb,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint element_pkey PRIMARY KEY (workspace, id),
  constraint element_workspace_catalog_fkey FOREIGN KEY (workspace, catalog) REFERENCES crm.catalog(workspace, id)
);
CREATE INDEX element_catalog ON crm.element USING btree (workspace, catalog, id) WHERE (deleted_at IS NULL);
alter table crm.element force row level security;

create table crm.field (
  workspace bigint not null,
  id bigint not null generated as identity,
  entity text not null,
  code text not null,
  name text not null,
  type text not null,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  served jsonb,
  catalog bigint,
  constraint field_pkey PRIMARY KEY (workspace, id),
  constraint field_workspace_catalog_fkey FOREIGN KEY (workspace, catalog) REFERENCES crm.catalog(workspace, id),
  constraint field_entity_check CHECK (((entity = ANY (ARRAY['contact'::text, 'company'::text, 'deal'::text, 'element'::text])) AND ((entity = 'element'::text) = (catalog IS NOT NULL)))),
  constraint field_type_check CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'flag'::text, 'date'::text, 'moment'::text, 'select'::text, 'multiselect'::text, 'url'::text, 'phone'::text, 'email'::text, 'money'::text, 'address'::text, 'object'::text])))
);
CREATE UNIQUE INDEX field_code ON crm.field USING btree (workspace, entity, COALESCE(catalog, (0)::bigint), lower(code)) WHERE (deleted_at IS NULL);
alter table crm.field force row level security;

create table crm.field_option (
  workspace bigint not null,
  id bigint not null generated as identity,
  field bigint not null,
  value text not null,
  code text,
  "position" integer not null default 0,
  deleted_at timestamp(3) with time zone,
  constraint field_option_pkey PRIMARY KEY (workspace, id),
  constraint field_option_workspace_field_fkey FOREIGN KEY (workspace, field) REFERENCES crm.field(workspace, id)
);
CREATE UNIQUE INDEX field_option_value ON crm.field_option USING btree (workspace, field, lower(value)) WHERE (deleted_at IS NULL);
alter table crm.field_option force row level security;

create table crm.import (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  state text not null default 'reading'::text,
  columns jsonb not null default '[]'::jsonb,
  row_count integer not null default 0,
  settings jsonb not null default '{}'::jsonb,
  actor text not null,
  by_user bigint,
  leased_until timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint import_pkey PRIMARY KEY (workspace, id),
  constraint import_state_check CHECK ((state = ANY (ARRAY['reading'::text, 'new'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
);
CREATE INDEX import_at_work ON crm.import USING btree (workspace, id) WHERE (state = ANY (ARRAY['running'::text, 'undoing'::text]));
alter table crm.import force row level security;

create table crm.import_row (
  workspace bigint not null,
  import bigint not null,
  n integer not null,
  cells jsonb not null,
  outcome text,
  detail text,
  contact bigint,
  company bigint,
  deal bigint,
  made jsonb,
  constraint import_row_pkey PRIMARY KEY (workspace, import, n),
  constraint import_row_workspace_import_fkey FOREIGN KEY (workspace, import) REFERENCES crm.import(workspace, id) ON DELETE CASCADE,
  constraint import_row_outcome_check CHECK ((outcome = ANY (ARRAY['created'::text, 'updated'::text, 'skipped'::text, 'failed'::text, 'undone'::text, 'kept'::text])))
);
CREATE INDEX import_row_outcome ON crm.import_row USING btree (workspace, import, outcome, n);
alter table crm.import_row force row level security;

create table crm.incoming (
  workspace bigint not null,
  uid text not null,
  deal bigint not null,
  contact bigint,
  company bigint,
  category text not null,
  source_uid text,
  source_name text,
  pipeline bigint not null,
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  resolved_at timestamp(3) with time zone,
  outcome text,
  resolved_by bigint,
  constraint incoming_pkey PRIMARY KEY (workspace, uid),
  constraint incoming_workspace_company_fkey FOREIGN KEY (workspace, company) REFERENCES crm.company(workspace, id),
  constraint incoming_workspace_contact_fkey FOREIGN KEY (workspace, contact) REFERENCES crm.contact(workspace, id),
  constraint incoming_workspace_deal_fkey FOREIGN KEY (workspace, deal) REFERENCES crm.deal(workspace, id),
  constraint incoming_check CHECK (((outcome IS NULL) = (resolved_at IS NULL))),
  constraint incoming_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'declined'::text])))
);
CREATE INDEX incoming_created ON crm.incoming USING btree (workspace, created_at);
CREATE UNIQUE INDEX incoming_deal ON crm.incoming USING btree (workspace, deal);
alter table crm.incoming force row level security;

create table crm.known_field (
  workspace bigint not null,
  id bigint not null,
  entity text not null,
  code text not null,
  name text not null,
  served jsonb,
  constraint known_field_pkey PRIMARY KEY (workspace, id),
  constraint known_field_entity_check CHECK ((entity = ANY (ARRAY['contact'::text, 'company'::text, 'deal'::text])))
);
CREATE UNIQUE INDEX known_field_code ON crm.known_field USING btree (workspace, entity, code);
alter table crm.known_field force row level security;

create table crm.known_option (
  workspace bigint not null,
  id bigint not null,
  field bigint not null,
  code text not null,
  "position" integer not null,
  constraint known_option_pkey PRIMARY KEY (workspace, id),
  constraint known_option_workspace_field_fkey FOREIGN KEY (workspace, field) REFERENCES crm.known_field(workspace, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX known_option_code ON crm.known_option USING btree (workspace, field, code);
alter table crm.known_option force row level security;

create table crm.loss_reason (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint loss_reason_pkey PRIMARY KEY (workspace, id)
);
alter table crm.loss_reason force row level security;

create table crm.merge (
  workspace bigint not null,
  id bigint not null generated as identity,
  entity text not null,
  kept bigint not null,
  merged bigint[] not null,
  moved jsonb not null,
  before jsonb not null,
  after jsonb not null,
  note bigint,
  actor text not null,
  at timestamp(3) with time zone not null default statement_timestamp(),
  undone_at timestamp(3) with time zone,
  constraint merge_pkey PRIMARY KEY (workspace, id),
  constraint merge_entity_check CHECK ((entity = ANY (ARRAY['contact'::text, 'company'::text])))
);
CREATE INDEX merge_at ON crm.merge USING btree (workspace, at);
CREATE INDEX merge_kept ON crm.merge USING btree (workspace, entity, kept);
alter table crm.merge force row level security;

create table crm.message (
  workspace bigint not null,
  id bigint not null generated as identity,
  uid uuid not null default gen_random_uuid(),
  conversation bigint not null,
  channel bigint not null,
  external text,
  direction text not null,
  user_id bigint,
  kind text not null,
  text text not null default ''::text,
  content jsonb,
  reply_to bigint,
  state text not null,
  error text,
  reactions jsonb not null default '{}'::jsonb,
  at timestamp(3) with time zone not null default statement_timestamp(),
  edited_at timestamp(3) with time zone,
  made_at timestamp(3) with time zone not null default statement_timestamp(),
  origin text not null default 'client'::text,
  desk bigint,
  desk_id text,
  key text,
  files jsonb not null default '[]'::jsonb,
  reason text,
  attempt smallint not null default 1,
  begins boolean not null default false,
  deleted_at timestamp(3) with time zone,
  constraint message_pkey PRIMARY KEY (workspace, id),
  constraint message_workspace_conversation_fkey FOREIGN KEY (workspace, conversation) REFERENCES crm.conversation(workspace, id),
  constraint message_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  constraint message_origin_check CHECK ((origin = ANY (ARRAY['client'::text, 'user'::text, 'phone'::text, 'robot'::text, 'desk'::text]))),
  constraint message_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'failed'::text])))
);
CREATE INDEX message_conversation ON crm.message USING btree (workspace, conversation, at, id);
CREATE INDEX message_text ON crm.message USING gin (workspace, to_tsvector('russian'::regconfig, text)) WITH (gin_pending_list_limit='1024');
CREATE INDEX message_waiting ON crm.message USING btree (workspace, id) WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX message_desk ON crm.message USING btree (workspace, desk, desk_id) WHERE (desk IS NOT NULL);
CREATE UNIQUE INDEX message_external ON crm.message USING btree (workspace, channel, external) WHERE (external IS NOT NULL);
CREATE UNIQUE INDEX message_key ON crm.message USING btree (workspace, key) WHERE (key IS NOT NULL);
CREATE UNIQUE INDEX message_uid ON crm.message USING btree (workspace, uid);
alter table crm.message force row level security;

create table crm.message_part (
  workspace bigint not null,
  message bigint not null,
  part smallint not null,
  channel bigint not null,
  external text,
  text text not null default ''::text,
  state text not null,
  reason text,
  code text,
  error text,
  begun_at timestamp(3) with time zone,
  constraint message_part_pkey PRIMARY KEY (workspace, message, part),
  constraint message_part_workspace_message_fkey FOREIGN KEY (workspace, message) REFERENCES crm.message(workspace, id) ON DELETE CASCADE,
  constraint message_part_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'begun'::text, 'unknown'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'failed'::text])))
);
CREATE INDEX message_part_begun ON crm.message_part USING btree (workspace, channel, begun_at) WHERE ((external IS NULL) AND (state = ANY (ARRAY['begun'::text, 'unknown'::text])));
CREATE UNIQUE INDEX message_part_external ON crm.message_part USING btree (workspace, channel, external) WHERE (external IS NOT NULL);
alter table crm.message_part force row level security;

create table crm.not_duplicate (
  workspace bigint not null,
  entity text not null,
  one bigint not null,
  other bigint not null,
  at timestamp(3) with time zone not null default statement_timestamp(),
  constraint not_duplicate_pkey PRIMARY KEY (workspace, entity, one, other),
  constraint not_duplicate_check CHECK ((one < other)),
  constraint not_duplicate_entity_check CHECK ((entity = ANY (ARRAY['contact'::text, 'company'::text])))
);
alter table crm.not_duplicate force row level security;

create table crm.note (
  workspace bigint not null,
  id bigint not null generated as identity,
  contact bigint,
  company bigint,
  deal bigint,
  text text not null,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  version integer not null default 1,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  made_at timestamp(3) with time zone default statement_timestamp(),
  kind text not null default 'common'::text,
  params jsonb,
  constraint note_pkey PRIMARY KEY (workspace, id),
  constraint note_check CHECK ((num_nonnulls(contact, company, deal) = 1))
);
CREATE INDEX note_changed ON crm.note USING btree (workspace, changed_at, id);
CREATE INDEX note_company ON crm.note USING btree (workspace, company, id) WHERE (company IS NOT NULL);
CREATE INDEX note_contact ON crm.note USING btree (workspace, contact, id) WHERE (contact IS NOT NULL);
CREATE INDEX note_deal ON crm.note USING btree (workspace, deal, id) WHERE (deal IS NOT NULL);
CREATE INDEX note_kind ON crm.note USING btree (workspace, kind, id) WHERE (kind <> 'common'::text);
CREATE INDEX note_text ON crm.note USING gin (workspace, to_tsvector('russian'::regconfig, text)) WITH (gin_pending_list_limit='1024');
CREATE INDEX note_updated ON crm.note USING btree (workspace, updated_at, id);
alter table crm.note force row level security;

create table crm.pipeline (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  colour text,
  "position" integer not null default 0,
  is_default boolean not null default false,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint pipeline_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX pipeline_default ON crm.pipeline USING btree (workspace) WHERE is_default;
alter table crm.pipeline force row level security;

create table crm.quick_reply (
  workspace bigint not null,
  id bigint not null generated as identity,
  title text not null,
  text text not null,
  created_by bigint,
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint quick_reply_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX quick_reply_title ON crm.quick_reply USING btree (workspace, lower(title));
alter table crm.quick_reply force row level security;

create table crm.saved_view (
  workspace bigint not null,
  id bigint not null generated as identity,
  entity text not null,
  name text not null,
  shared boolean not null default false,
  owner bigint,
  "position" integer not null default 0,
  settings jsonb not null default '{}'::jsonb,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint saved_view_pkey PRIMARY KEY (workspace, id),
  constraint saved_view_entity_check CHECK ((entity = ANY (ARRAY['contact'::text, 'company'::text, 'deal'::text, 'task'::text, 'call'::text])))
);
CREATE INDEX saved_view_of ON crm.saved_view USING btree (workspace, owner, "position", id);
CREATE INDEX saved_view_shared ON crm.saved_view USING btree (workspace, "position", id) WHERE shared;
alter table crm.saved_view force row level security;

create table crm.source (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  code text,
  pipeline bigint,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint source_pkey PRIMARY KEY (workspace, id),
  constraint source_workspace_pipeline_fkey FOREIGN KEY (workspace, pipeline) REFERENCES crm.pipeline(workspace, id)
);
CREATE UNIQUE INDEX source_code ON crm.source USING btree (workspace, code) WHERE (deleted_at IS NULL);
alter table crm.source force row level security;

create table crm.stage (
  workspace bigint not null,
  id bigint not null generated as identity,
  pipeline bigint not null,
  name text not null,
  kind text not null,
  colour text,
  "position" integer not null default 0,
  rank smallint generated always as 
CASE kind
    WHEN 'incoming'::text THEN 0
    WHEN 'open'::text THEN 1
    WHEN 'won'::text THEN 2
    ELSE 3
END,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint stage_pkey PRIMARY KEY (workspace, id),
  constraint stage_workspace_pipeline_fkey FOREIGN KEY (workspace, pipeline) REFERENCES crm.pipeline(workspace, id),
  constraint stage_kind_check CHECK ((kind = ANY (ARRAY['incoming'::text, 'open'::text, 'won'::text, 'lost'::text])))
);
CREATE INDEX stage_order ON crm.stage USING btree (workspace, pipeline, rank, "position", id);
CREATE UNIQUE INDEX stage_only_one ON crm.stage USING btree (workspace, pipeline, kind) WHERE ((kind <> 'open'::text) AND (deleted_at IS NULL));
alter table crm.stage force row level security;

create table crm.tag (
  workspace bigint not null,
  id bigint not null generated as identity,
  entity text not null,
  name text not null,
  colour text,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint tag_pkey PRIMARY KEY (workspace, id),
  constraint tag_entity_check CHECK ((entity = ANY (ARRAY['contact'::text, 'company'::text, 'deal'::text])))
);
CREATE UNIQUE INDEX tag_name ON crm.tag USING btree (workspace, entity, lower(name)) WHERE (deleted_at IS NULL);
alter table crm.tag force row level security;

create table crm.tagged (
  workspace bigint not null,
  entity text not null,
  record bigint not null,
  tag bigint not null,
  constraint tagged_pkey PRIMARY KEY (workspace, entity, record, tag),
  constraint tagged_workspace_tag_fkey FOREIGN KEY (workspace, tag) REFERENCES crm.tag(workspace, id)
);
CREATE INDEX tagged_by_tag ON crm.tagged USING btree (workspace, tag, record);
alter table crm.tagged force row level security;

create table crm.task (
  workspace bigint not null,
  id bigint not null generated as identity,
  contact bigint,
  company bigint,
  deal bigint,
  type bigint,
  title text not null,
  text text,
  due timestamp(3) with time zone,
  estimate_minutes numeric(12,4),
  responsible bigint,
  result text,
  done_at timestamp(3) with time zone,
  created_by bigint,
  updated_by bigint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  mark text,
  mark_at timestamp(3) with time zone,
  version integer not null default 1,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  made_at timestamp(3) with time zone default statement_timestamp(),
  constraint task_pkey PRIMARY KEY (workspace, id),
  constraint task_check CHECK ((num_nonnulls(contact, company, deal) <= 1))
);
CREATE INDEX task_changed ON crm.task USING btree (workspace, changed_at, id);
CREATE INDEX task_company ON crm.task USING btree (workspace, company, id) WHERE (company IS NOT NULL);
CREATE INDEX task_contact ON crm.task USING btree (workspace, contact, id) WHERE (contact IS NOT NULL);
CREATE INDEX task_created ON crm.task USING btree (workspace, created_at, id);
CREATE INDEX task_deal ON crm.task USING btree (workspace, deal, id) WHERE (deal IS NOT NULL);
CREATE INDEX task_due ON crm.task USING btree (workspace, COALESCE(due, 'infinity'::timestamp with time zone), id) WHERE (done_at IS NULL);
CREATE INDEX task_due_of ON crm.task USING btree (workspace, responsible, COALESCE(due, 'infinity'::timestamp with time zone), id) WHERE (done_at IS NULL);
CREATE INDEX task_mark ON crm.task USING btree (workspace, mark, mark_at) WHERE ((mark IS NOT NULL) AND (done_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX task_updated ON crm.task USING btree (workspace, updated_at, id);
alter table crm.task force row level security;

create table crm.task_type (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  code text,
  colour text,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint task_type_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX task_type_code ON crm.task_type USING btree (workspace, code) WHERE (deleted_at IS NULL);
alter table crm.task_type force row level security;

create table crm.timeline (
  workspace bigint not null,
  id bigint not null generated as identity,
  at timestamp(3) with time zone not null default statement_timestamp(),
  kind text not null,
  actor text not null,
  via bigint,
  key text,
  contact bigint,
  company bigint,
  deal bigint,
  note bigint,
  task bigint,
  what jsonb,
  call bigint,
  constraint timeline_pkey PRIMARY KEY (workspace, id),
  constraint timeline_check CHECK ((num_nonnulls(contact, company, deal) = 1))
);
CREATE INDEX timeline_company ON crm.timeline USING btree (workspace, company, at, id) WHERE (company IS NOT NULL);
CREATE INDEX timeline_contact ON crm.timeline USING btree (workspace, contact, at, id) WHERE (contact IS NOT NULL);
CREATE INDEX timeline_deal ON crm.timeline USING btree (workspace, deal, at, id) WHERE (deal IS NOT NULL);
CREATE INDEX timeline_kind ON crm.timeline USING btree (workspace, kind, at, id);
CREATE INDEX timeline_stage ON crm.timeline USING btree (workspace, deal, at) WHERE (kind = 'stage'::text);
alter table crm.timeline force row level security;

create table crm.user_account (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  email text,
  phone text,
  avatar text,
  role text not null,
  user_group bigint,
  active boolean not null default true,
  language text not null default 'ru'::text,
  password_hash text,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  record_access text not null default 'all'::text,
  constraint user_account_pkey PRIMARY KEY (workspace, id),
  constraint user_account_workspace_user_group_fkey FOREIGN KEY (workspace, user_group) REFERENCES crm.user_group(workspace, id),
  constraint user_account_record_access_check CHECK ((record_access = ANY (ARRAY['own'::text, 'group'::text, 'all'::text]))),
  constraint user_account_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'manager'::text, 'read-only'::text])))
);
CREATE UNIQUE INDEX user_account_email ON crm.user_account USING btree (workspace, lower(email));
alter table crm.user_account force row level security;

create table crm.user_group (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  updated_at timestamp(3) with time zone not null default statement_timestamp(),
  deleted_at timestamp(3) with time zone,
  constraint user_group_pkey PRIMARY KEY (workspace, id)
);
alter table crm.user_group force row level security;

create table crm.word (
  workspace bigint not null,
  id bigint not null generated as identity,
  word text not null,
  letters text not null generated always as crm.letters(word),
  constraint word_pkey PRIMARY KEY (workspace, letters, word, id)
);
CREATE INDEX word_trigrams ON crm.word USING gin (workspace, letters crm.gin_trgm_ops);
alter table crm.word force row level security;

create table crm.written (
  workspace bigint not null,
  kind text not null,
  key text not null,
  id bigint not null,
  at timestamp(3) with time zone not null default statement_timestamp(),
  constraint written_pkey PRIMARY KEY (workspace, kind, key)
);
alter table crm.written force row level security;

create table hub.api_token (
  workspace bigint not null,
  id bigint not null generated as identity,
  name text not null,
  hash text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_token_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX api_token_hash ON hub.api_token USING btree (workspace, hash);
alter table hub.api_token force row level security;

create table hub.attempt (
  workspace bigint not null,
  delivery uuid not null,
  number integer not null,
  started_at timestamp with time zone not null,
  ms integer not null,
  outcome text not null,
  error text,
  calls jsonb,
  constraint attempt_pkey PRIMARY KEY (workspace, delivery, number),
  constraint attempt_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'retry'::text, 'parked'::text, 'failed'::text])))
);
alter table hub.attempt force row level security;

create table hub.audit (
  workspace bigint not null,
  id uuid not null,
  at timestamp with time zone not null default now(),
  actor text not null,
  user_id bigint,
  ip text not null,
  action text not null,
  params jsonb not null default '{}'::jsonb,
  members text[] not null default '{}'::text[],
  given jsonb not null default '{}'::jsonb,
  status integer not null,
  detail text,
  constraint audit_pkey PRIMARY KEY (workspace, id)
);
alter table hub.audit force row level security;

create table hub.book_entry (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  id text not null,
  name text not null,
  phones text[] not null,
  emails text[] not null,
  inn text,
  company text,
  responsible text,
  changed_at timestamp with time zone not null,
  active_at timestamp with time zone not null,
  constraint book_entry_pkey PRIMARY KEY (workspace, connection, kind, id),
  constraint book_entry_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'company'::text])))
);
alter table hub.book_entry force row level security;

create table hub.book_key (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  id text not null,
  key text not null,
  constraint book_key_pkey PRIMARY KEY (workspace, connection, kind, id, key)
);
CREATE INDEX book_key_found ON hub.book_key USING btree (workspace, connection, kind, key);
alter table hub.book_key force row level security;

create table hub.connection (
  workspace bigint not null,
  id bigint not null generated as identity,
  vendor text not null,
  name text not null,
  settings jsonb not null default '{}'::jsonb,
  secrets text not null default ''::text,
  state text not null default 'active'::text,
  parked_because text,
  health jsonb,
  allow_private_addresses boolean not null default false,
  turn bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint connection_pkey PRIMARY KEY (workspace, id),
  constraint connection_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text, 'removed'::text])))
);
CREATE INDEX connection_id ON hub.connection USING btree (workspace, state);
alter table hub.connection force row level security;

create table hub.delivery (
  workspace bigint not null,
  id uuid not null,
  event uuid not null,
  flow text not null,
  target bigint not null,
  lane text not null,
  seq bigint not null,
  state text not null,
  attempts integer not null default 0,
  tries integer not null default 0,
  detail text,
  records jsonb,
  created_at timestamp with time zone not null default now(),
  next_attempt_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (workspace, id),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'held'::text, 'parked'::text, 'done'::text, 'failed'::text, 'skipped'::text])))
);
CREATE INDEX delivery_event ON hub.delivery USING btree (workspace, event);
CREATE INDEX delivery_head ON hub.delivery USING btree (workspace, lane, seq) WHERE (state = 'waiting'::text);
CREATE INDEX delivery_open ON hub.delivery USING btree (workspace, state, id) WHERE (state = ANY (ARRAY['waiting'::text, 'held'::text, 'parked'::text, 'failed'::text]));
CREATE INDEX delivery_records ON hub.delivery USING gin (records jsonb_path_ops) WHERE (records IS NOT NULL);
alter table hub.delivery force row level security;

create table hub.directory_copy (
  workspace bigint not null,
  connection bigint not null,
  directory jsonb not null,
  at timestamp with time zone not null default now(),
  constraint directory_copy_pkey PRIMARY KEY (workspace, connection)
);
alter table hub.directory_copy force row level security;

create table hub.door (
  key text not null,
  workspace bigint not null,
  connection bigint not null,
  expires_at timestamp with time zone,
  constraint door_pkey PRIMARY KEY (key)
);
CREATE INDEX door_connection ON hub.door USING btree (workspace, connection);

create table hub.event (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  journal uuid not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  received_at timestamp with time zone not null default now(),
  constraint event_pkey PRIMARY KEY (workspace, id)
);
alter table hub.event force row level security;

create table hub.file (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  source bytea not null,
  type text not null,
  bytes bigint not null,
  sha256 bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  name text,
  constraint file_pkey PRIMARY KEY (workspace, id)
);
CREATE INDEX file_expiry ON hub.file USING btree (workspace, expires_at);
CREATE UNIQUE INDEX file_source ON hub.file USING btree (workspace, connection, source);
alter table hub.file force row level security;

create table hub.health_change (
  workspace bigint not null,
  id bigint not null generated as identity,
  connection bigint not null,
  ok boolean not null,
  message text not null,
  at timestamp with time zone not null default now(),
  constraint health_change_pkey PRIMARY KEY (workspace, id)
);
CREATE INDEX health_change_connection ON hub.health_change USING btree (workspace, connection, id);
alter table hub.health_change force row level security;

create table hub.held (
  workspace bigint not null,
  connection bigint not null,
  name text not null,
  holder uuid not null,
  until timestamp with time zone not null,
  constraint held_pkey PRIMARY KEY (workspace, connection, name)
);
alter table hub.held force row level security;

create table hub.idempotent_answer (
  workspace bigint not null,
  key text not null,
  request text not null,
  status integer,
  answer text,
  at timestamp with time zone not null default now(),
  constraint idempotent_answer_pkey PRIMARY KEY (workspace, key)
);
alter table hub.idempotent_answer force row level security;

create table hub.installation (
  name text not null,
  value text not null,
  constraint installation_pkey PRIMARY KEY (name)
);

create table hub.invitation (
  workspace bigint not null,
  id bigint not null generated as identity,
  hash text not null,
  user_id bigint not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  kind text not null default 'invitation'::text,
  created_at timestamp with time zone not null default now(),
  created_by text not null default ''::text,
  constraint invitation_pkey PRIMARY KEY (workspace, id),
  constraint invitation_kind_check CHECK ((kind = ANY (ARRAY['invitation'::text, 'reset'::text])))
);
CREATE INDEX invitation_open ON hub.invitation USING btree (workspace, user_id) WHERE (used_at IS NULL);
CREATE UNIQUE INDEX invitation_hash ON hub.invitation USING btree (workspace, hash);
alter table hub.invitation force row level security;

create table hub.job (
  workspace bigint not null,
  id uuid not null,
  action text not null,
  filter jsonb not null,
  state text not null,
  total integer not null,
  done integer not null default 0,
  changed integer not null default 0,
  reached uuid,
  error text,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint job_pkey PRIMARY KEY (workspace, id),
  constraint job_action_check CHECK ((action = ANY (ARRAY['retry'::text, 'skip'::text]))),
  constraint job_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
);
CREATE INDEX job_running ON hub.job USING btree (workspace, id) WHERE (state = 'running'::text);
alter table hub.job force row level security;

create table hub.journal (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  received_at timestamp with time zone not null default now(),
  method text not null,
  path text not null,
  prefix text not null,
  query text not null,
  headers jsonb not null,
  body bytea,
  ip text not null,
  outcome text not null,
  detail text,
  status integer not null,
  events uuid[] not null default '{}'::uuid[],
  constraint journal_pkey PRIMARY KEY (workspace, id),
  constraint journal_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'repeated'::text, 'answered'::text, 'ignored'::text, 'malformed'::text, 'failed'::text])))
);
CREATE INDEX journal_connection ON hub.journal USING btree (workspace, connection, id);
alter table hub.journal force row level security;

create table hub.kept (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  id text not null,
  value text not null,
  at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  constraint kept_pkey PRIMARY KEY (workspace, connection, kind, id)
);
CREATE INDEX kept_at ON hub.kept USING btree (workspace, connection, kind, at, id);
CREATE INDEX kept_expiry ON hub.kept USING btree (workspace, expires_at) WHERE (expires_at IS NOT NULL);
alter table hub.kept force row level security;

create table hub.lane (
  workspace bigint not null,
  lane text not null,
  target bigint not null,
  pending integer not null,
  last_seq bigint not null,
  next_at timestamp with time zone not null default now(),
  leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  fence bigint not null default 0,
  constraint lane_pkey PRIMARY KEY (workspace, lane)
);
CREATE INDEX lane_due ON hub.lane USING btree (workspace, next_at) WHERE (pending > 0);
alter table hub.lane force row level security;

create table hub.link (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  theirs text not null,
  ours text not null,
  at timestamp with time zone not null default now(),
  known jsonb,
  constraint link_pkey PRIMARY KEY (workspace, connection, kind, theirs)
);
CREATE INDEX link_ours ON hub.link USING btree (workspace, connection, kind, ours);
alter table hub.link force row level security;

create table hub.listener (
  workspace bigint not null,
  connection bigint not null,
  holder uuid not null,
  leased_until timestamp with time zone not null,
  constraint listener_pkey PRIMARY KEY (workspace, connection)
);
alter table hub.listener force row level security;

create table hub.login (
  email_hash text not null,
  workspace bigint not null,
  user_id bigint not null,
  constraint login_pkey PRIMARY KEY (email_hash, workspace)
);

create table hub.mapping (
  workspace bigint not null,
  connection bigint not null,
  kind text not null,
  theirs text not null,
  ours text not null,
  constraint mapping_pkey PRIMARY KEY (workspace, connection, kind, theirs),
  constraint mapping_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'field'::text, 'stage'::text])))
);
alter table hub.mapping force row level security;

create table hub.migration (
  name text not null,
  checksum text not null,
  at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table hub.move (
  workspace bigint not null,
  id uuid not null,
  connection bigint not null,
  direction text not null,
  into_filled boolean not null,
  state text not null,
  place jsonb,
  progress jsonb,
  error text,
  tries integer not null default 0,
  next_at timestamp with time zone not null default now(),
  lease uuid,
  leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  constraint move_pkey PRIMARY KEY (workspace, id),
  constraint move_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'compare'::text]))),
  constraint move_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
);
CREATE INDEX move_of ON hub.move USING btree (workspace, connection, id);
CREATE UNIQUE INDEX move_running ON hub.move USING btree (workspace) WHERE (state = 'running'::text);
alter table hub.move force row level security;

create table hub.move_finding (
  workspace bigint not null,
  move uuid not null,
  key text not null,
  n bigint not null generated as identity,
  what text not null,
  kind text not null,
  record text,
  member text,
  there text,
  here text,
  words jsonb,
  count integer,
  constraint move_finding_pkey PRIMARY KEY (workspace, move, key),
  constraint move_finding_workspace_move_fkey FOREIGN KEY (workspace, move) REFERENCES hub.move(workspace, id) ON DELETE CASCADE
);
CREATE INDEX move_finding_in_order ON hub.move_finding USING btree (workspace, move, n);
alter table hub.move_finding force row level security;

create table hub.pace (
  workspace bigint not null,
  connection bigint not null,
  free_at timestamp with time zone not null default now(),
  constraint pace_pkey PRIMARY KEY (workspace, connection)
);
alter table hub.pace force row level security;

create table hub.person (
  workspace bigint not null,
  user_id bigint not null,
  preferences jsonb not null default '{}'::jsonb,
  softphone jsonb,
  softphone_password text not null default ''::text,
  updated_at timestamp with time zone not null default now(),
  constraint person_pkey PRIMARY KEY (workspace, user_id)
);
alter table hub.person force row level security;

create table hub.poll (
  workspace bigint not null,
  connection bigint not null,
  reached timestamp with time zone,
  deep_at timestamp with time zone,
  next_at timestamp with time zone not null default now(),
  leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  error text,
  constraint poll_pkey PRIMARY KEY (workspace, connection)
);
alter table hub.poll force row level security;

create table hub.route (
  workspace bigint not null,
  source bigint not null,
  flow text not null,
  target bigint not null,
  enabled boolean not null,
  updated_at timestamp with time zone not null default now(),
  constraint route_pkey PRIMARY KEY (workspace, source, flow, target)
);
alter table hub.route force row level security;

create table hub.seen (
  workspace bigint not null,
  connection bigint not null,
  key text not null,
  event uuid not null,
  repeats integer not null default 0,
  expires_at timestamp with time zone not null,
  constraint seen_pkey PRIMARY KEY (workspace, connection, key)
);
alter table hub.seen force row level security;

create table hub.session (
  id_hash text not null,
  workspace bigint,
  user_id bigint,
  data jsonb not null,
  expires_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (id_hash)
);
CREATE INDEX session_expiry ON hub.session USING btree (expires_at);
CREATE INDEX session_of_user ON hub.session USING btree (workspace, user_id);

create table hub.workspace (
  id bigint not null generated as identity,
  subdomain text not null,
  name text not null,
  country text not null,
  time_zone text not null,
  language text not null,
  currency text not null,
  created_at timestamp with time zone not null default now(),
  constraint workspace_subdomain_key UNIQUE (subdomain),
  constraint workspace_pkey PRIMARY KEY (id)
);
