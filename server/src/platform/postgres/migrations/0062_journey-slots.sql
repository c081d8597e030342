-- Times at which audiences were let into journeys: each once, whoever looks at the clock, and however often.
create table journey_slots (
  journey_id text not null,
  entry integer not null,
  slot bigint not null,
  announced_at bigint not null,
  primary key (journey_id, entry, slot)
);
