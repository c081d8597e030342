-- How journeys stand, by the publication that made it so: every shard passes from one to the next at a point of its own order. None: live.
create table journey_states (
  journey_id text not null,
  epoch bigint not null,
  state text not null check (state in ('live', 'paused', 'draining', 'stopped', 'archived')),
  set_at bigint not null,
  set_by text not null,
  primary key (journey_id, epoch)
);
