-- People who are taken from a step of a journey to another, or out of it (to_step is null), because somebody asked for it.
create table journey_moves (
  id text primary key,
  journey_id text not null,
  version integer not null,
  step text not null,
  to_version integer,
  to_step text,
  people bigint not null,
  asked_at bigint not null,
  asked_by text not null
);
create index journey_moves_newest on journey_moves (journey_id, asked_at desc);
-- Who is still to be moved: the lease holder of the shard removes the row in the transaction that moves them.
create table journey_move_runs (
  shard smallint not null,
  move_id text not null,
  profile_id uuid not null,
  run_id text not null,
  primary key (shard, move_id, profile_id, run_id)
);
-- What became of the others, counted by the shard that did it.
create table journey_move_counts (
  shard smallint not null,
  move_id text not null,
  moved bigint not null,
  passed bigint not null,
  primary key (shard, move_id)
);
