-- What both sides of a link are known to hold, by the vendor's own names.
alter table hub.link add column known jsonb;

create or replace function hub.refresh_statistics() returns void language plpgsql security definer set search_path = '' as $$
begin
  analyze hub.seen, hub.journal, hub.event, hub.delivery, hub.lane, hub.attempt, hub.link;
  analyze crm.contact, crm.channel, crm.deal, crm.deal_contact, crm.company, crm.task, crm.note, crm.timeline, crm.written;
end
$$;
