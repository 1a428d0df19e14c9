-- Invitations that can be seen, sent again and withdrawn; links to choose a new password are of the same kind.
alter table hub.invitation
  add column kind text not null default 'invitation' check (kind in ('invitation', 'reset')),
  add column created_at timestamptz not null default now(),
  add column created_by text not null default '';
create index invitation_open on hub.invitation (workspace, user_id) where used_at is null;
