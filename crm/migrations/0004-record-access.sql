-- Which records a manager sees: their own, their group's, or all.
alter table crm.user_account add column record_access text not null default 'all' check (record_access in ('own', 'group', 'all'));
update crm.user_account set record_access = 'own' where own_records_only;
alter table crm.user_account drop column own_records_only;
