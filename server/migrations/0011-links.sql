-- What both sides of a link are known to hold, by the vendor's own names.
alter table hub.link add column known jsonb;
