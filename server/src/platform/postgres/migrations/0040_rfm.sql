-- Recency, frequency, money: where the fifths of all buyers parted at each computation, and how many stood in each cell of the grid.
-- Nothing in it is about one person.
create table rfm_versions (
  version bigint generated always as identity primary key,
  -- begin: everything anew; daily: one more day; past: a day before the begin, as it would have been.
  kind text not null check (kind in ('begin', 'daily', 'past')),
  -- Of a past day: the begin that it leads up to.
  past_of bigint,
  day date not null,
  -- What had happened up to as_of, of what had been received up to known_at.
  as_of bigint not null,
  known_at bigint not null,
  -- Null for past days, which were never in force.
  in_force_at bigint,
  epoch bigint,
  people bigint not null,
  -- Null where nobody had ordered yet.
  thresholds jsonb,
  cells jsonb not null,
  check ((kind = 'past') = (past_of is not null) and (kind = 'past') = (in_force_at is null) and (kind = 'past') = (epoch is null))
);
create index rfm_versions_day on rfm_versions (day, version);
create index rfm_versions_epoch on rfm_versions (epoch, version) where epoch is not null;

insert into leases (name) values ('rank');
