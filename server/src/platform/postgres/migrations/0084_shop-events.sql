-- What the shop said of no person in particular, and for each journey that it lets people into how far they have been asked for: shards before
-- `next_shard` have been. Whoever works on it holds the lease.
create table shop_events (
  message_id text primary key,
  name text not null,
  properties jsonb not null,
  received_at bigint not null,
  sent_by text not null
);
create index shop_events_received on shop_events (received_at, message_id);
create table shop_event_turns (
  message_id text not null,
  journey_id text not null,
  received_at bigint not null,
  next_shard smallint not null default 0,
  reached bigint not null default 0,
  ended_at bigint,
  note text,
  lease uuid,
  leased_until bigint not null default 0,
  primary key (message_id, journey_id)
);
create index shop_event_turns_open on shop_event_turns (received_at) where ended_at is null;
