-- What everybody answers by each channel at each computation: the learned order of channels goes by it. Nothing in it is about one person.
create table answer_rates (
  version bigint generated always as identity primary key,
  -- What had come in up to then counts.
  as_of bigint not null,
  in_force_at bigint not null,
  -- Of the definitions, under which shards go by it.
  epoch bigint not null,
  channels jsonb not null
);
create index answer_rates_epoch on answer_rates (epoch, version);
