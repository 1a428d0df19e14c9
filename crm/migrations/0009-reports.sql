-- How deals went through the stages, for reports: few of the lines of a timeline are that.
create index timeline_stage on crm.timeline (workspace, deal, at) where kind = 'stage';
create index deal_closed on crm.deal (workspace, closed_at) where closed_at is not null;
