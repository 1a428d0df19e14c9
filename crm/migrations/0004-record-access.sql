-- Which records a manager sees: their own, their group's, or all.
alter table crm.user_account add column record_access text not null default 'all' check (record_access in ('own', 'group', 'all'));
-- Where the owner of the schema is bound by row-level security, too, an update would find no rows: so it is not, for this statement.
alter table crm.user_account no force row level security;
update crm.user_account set record_access = 'own' where own_records_only;
alter table crm.user_account force row level security;
alter table crm.user_account drop column own_records_only;
