-- How far it has been written down whom a resend is for: messages up to `filled_to` (epoch ms) have been looked at, and who reached the goal up to
-- `reached_to`. Both are null again once the list of those people is gone.
alter table campaign_sends add column filled_to bigint, add column reached_to text;
update campaign_sends set filled_to = started_at where resend_of is not null and started_at is not null and ended_at is null;
create index campaign_sends_filled on campaign_sends (id) where filled_to is not null;
