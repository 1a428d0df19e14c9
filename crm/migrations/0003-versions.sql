-- Counts the changes of a record, so that two people who change it at once do not overwrite each other unseen. A time would not do: two changes
-- may fall into one millisecond.
alter table crm.contact add column version integer not null default 1;
alter table crm.company add column version integer not null default 1;
alter table crm.deal add column version integer not null default 1;
alter table crm.task add column version integer not null default 1;
alter table crm.note add column version integer not null default 1;
