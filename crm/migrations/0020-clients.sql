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

-- Of what we have sent, the few parts whose fate is open: an echo is looked for among them, and not in all that was ever said.
create index message_part_begun on crm.message_part (workspace, channel, begun_at) where external is null and state in ('begun', 'unknown');
