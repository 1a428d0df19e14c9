-- What happened, over all records: the newest first.
create index timeline_at on crm.timeline (workspace, at, id);
