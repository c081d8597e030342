-- People who want to come into journeys that take in so many a day, over everybody; and how many came in on which day.
create table entry_requests (
  shard smallint not null,
  profile_id uuid not null,
  run_id text not null,
  journey_id text not null,
  day integer not null,
  most bigint not null,
  asked_at bigint not null,
  primary key (shard, profile_id, run_id)
);
create index entry_requests_asked on entry_requests (asked_at);
create table journey_days (
  journey_id text not null,
  day integer not null,
  n bigint not null,
  primary key (journey_id, day)
);
