-- Where a send stands in its ramp: those have their turn who stand from `ramp_from` on up to `ramp_to` per cent in its draw; null: it has none.
-- `staged_at`: when all of this stage had had their turn. `ramp_all`: somebody said that it waits no more. What went wrong is counted of what
-- came about since `watch_since`, and was looked at last at `watched_at`; `halted_at`: when it was paused for that.
alter table campaign_sends
  add column ramp_stage integer,
  add column ramp_from double precision,
  add column ramp_to double precision,
  add column staged_at bigint,
  add column ramp_all boolean not null default false,
  add column watch_since bigint,
  add column watched_at bigint,
  add column halted_at bigint;
