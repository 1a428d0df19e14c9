-- What an API that we serve shows of a record beside what we know of it: ids for what every record has by itself, exact types of fields, exact kinds of phones.

-- A field may also hold a moment (ISO 8601, UTC) or any JSON.
alter table crm.field drop constraint field_type_check;
alter table crm.field add constraint field_type_check check (
  type in ('text', 'number', 'flag', 'date', 'moment', 'select', 'multiselect', 'url', 'phone', 'email', 'money', 'address', 'object'));
alter table crm.field add column served jsonb;

-- The code by which such an API labels it, in its own words.
alter table crm.channel add column served_label text;

alter table crm.company add column address text;

-- Phones, e-mails, positions are no custom fields here; in such an API they are, with ids from the same numbers.
create table crm.known_field (
  workspace bigint not null,
  id bigint not null,
  entity text not null check (entity in ('contact', 'company', 'deal')),
  code text not null,
  name text not null,
  served jsonb,
  primary key (workspace, id)
);
create unique index known_field_code on crm.known_field (workspace, entity, code);

create table crm.known_option (
  workspace bigint not null,
  id bigint not null,
  field bigint not null,
  code text not null,
  position integer not null,
  primary key (workspace, id),
  foreign key (workspace, field) references crm.known_field on delete cascade
);
create unique index known_option_code on crm.known_option (workspace, field, code);

do $$
declare name text;
begin
  foreach name in array array['known_field', 'known_option'] loop
    execute format('alter table crm.%I enable row level security', name);
    execute format('alter table crm.%I force row level security', name);
    execute format($policy$create policy by_workspace on crm.%I
      using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint)
      with check (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint)$policy$, name);
    execute format('grant select, insert, update, delete on crm.%I to svyazka_app', name);
  end loop;
end $$;
