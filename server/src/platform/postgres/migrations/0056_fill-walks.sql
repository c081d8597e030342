-- A fill walks through the people of a shard in the order of their ids: whoever stands up to here is not pending any more.
-- What it reads and how far is decided when it begins, and no longer kept.
update leaf_fills set status = 'waiting' where status = 'folded';
alter table leaf_fills
  add column walked_to uuid not null default '00000000-0000-0000-0000-000000000000',
  drop column live_seq,
  drop column bulk_seq,
  drop column event_names,
  drop constraint leaf_fills_status_check,
  add constraint leaf_fills_status_check check (status in ('waiting', 'done'));
