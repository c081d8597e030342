-- Calls of webhooks for whose answers runs of journeys wait. A row is written with the run that waits, and goes when the answer is told.
create table step_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  template text not null,
  template_version integer not null,
  variables jsonb not null,
  keep jsonb not null,
  asked_at bigint not null,
  until bigint not null,
  due_at bigint not null,
  attempts integer not null default 0,
  primary key (shard, profile_id, id)
);
create index step_requests_due on step_requests (due_at);
