-- Searching the journal, and doing something about many deliveries at once.

-- The beginning of a body as text, in whichever of the two charsets it came; '' for what is no text. Never fails.
create function hub.readable(body bytea) returns text language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  head bytea := substr(body, 1, 65536);
begin
  -- A character must not be cut in two.
  if length(body) > 65536 then
    while length(head) > 0 and get_byte(head, length(head) - 1) between 128 and 191 loop
      head := substr(head, 1, length(head) - 1);
    end loop;
    if length(head) > 0 and get_byte(head, length(head) - 1) >= 192 then
      head := substr(head, 1, length(head) - 1);
    end if;
  end if;
  return convert_from(head, 'UTF8');
exception when others then
  begin
    return convert_from(head, 'WIN1251');
  exception when others then
    return '';
  end;
end
$$;

-- What deliveries that failed for one reason have in common: numbers, ids, addresses and quoted names left out.
create function hub.cause_of(detail text) returns text language sql immutable parallel safe set search_path = pg_catalog as $$
  select btrim(left(regexp_replace(regexp_replace(regexp_replace(coalesce(detail, ''),
    '^Given up after \d+ attempts: ', ''),
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|https?://[^\s"'']+|"[^"]*"|«[^»]*»', '…', 'gi'),
    '\d+', '…', 'g'), 300))
$$;

-- Something done about many, step by step, by one process at a time.
create table hub.job (
  workspace bigint not null,
  id uuid not null,
  action text not null check (action in ('retry', 'skip')),
  -- Which: {ids} or {state, flow, target, cause, created_from, created_to}.
  filter jsonb not null,
  state text not null check (state in ('running', 'done', 'cancelled', 'failed')),
  total int not null,
  done int not null default 0,
  -- Of those: how many there was something to do about.
  changed int not null default 0,
  -- The last one that was looked at.
  reached uuid,
  error text,
  created_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  leased_until timestamptz not null default '-infinity',
  primary key (workspace, id)
);
create index job_running on hub.job (workspace, id) where state = 'running';

alter table hub.job enable row level security;
alter table hub.job force row level security;
create policy by_workspace on hub.job using (workspace = nullif(current_setting('svyazka.workspace', true), '')::bigint);
grant select, insert, update, delete on hub.job to svyazka_app;
grant execute on function hub.readable(bytea), hub.cause_of(text) to svyazka_app;
