-- How many messages of a send ended how is counted as they end, since counting them anew at each look takes seconds where there are a
-- million. What ended before is counted here, once.
insert into campaign_counts (shard, send_id, what, n)
select min(shard), send_id, what, count(*) from (
  select shard, send_id,
    case when sent_at is not null or status = 'sent' then 'm:sent' when status = 'cancelled' then 'm:cancelled'
      when status = 'held' then 'm:held:' || coalesce(rule, '') else 'm:held:' || status end as what
  from messages where send_id is not null and status not in ('queued', 'sending')
  union all select shard, send_id, 'opened' from messages where send_id is not null and opened_at is not null
  union all select shard, send_id, 'clicked' from messages where send_id is not null and clicked_at is not null
) m group by send_id, what
on conflict (shard, send_id, what) do nothing;
