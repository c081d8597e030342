-- Orders that files have brought are known by their numbers alone, whoever tells them next. Day 0 stands for ever.
insert into seen (day, source, message_id)
select distinct 0, claim, message_id
from seen cross join unnest(array['throughline:orders', 'throughline:orders-imported']) as claim
where day = 0 and message_id ~ '^(order|refund):' and message_id !~ ':part-[0-9]+$'
on conflict do nothing;
