-- By whom a conversation is found. Columns, and not expressions of `client`: what looks into JSON may not be asked of an index before row-level security has looked at each row
-- (`->>` is not leakproof), and then a whole workspace is read.
alter table crm.conversation
  add column client_external text generated always as (client ->> 'external') stored,
  add column client_phone text generated always as (nullif(regexp_replace(client ->> 'phone', '\D', '', 'g'), '')) stored,
  add column client_username text generated always as (nullif(lower(client ->> 'username'), '')) stored;
drop index crm.conversation_client;
create index conversation_client on crm.conversation (workspace, network, client_external, updated_at) where client_external is not null;
create index conversation_phone on crm.conversation (workspace, channel, client_phone, id) where client_phone is not null;
create index conversation_username on crm.conversation (workspace, channel, client_username, id) where client_username is not null;
