-- What a CRM is made of (pipelines, fields, lists) has a right of its own. Tokens that could change it go on; new ones ask for it.
-- Where the owner of the schema is bound by row-level security, too, an update would find no rows: so it is not, for this statement.
alter table hub.api_token no force row level security;
update hub.api_token set scopes = scopes || 'crm:setup'::text where 'crm:write' = any(scopes) and not 'crm:setup' = any(scopes);
alter table hub.api_token force row level security;
