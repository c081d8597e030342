-- Tasks that runs of journeys have made for people of the shop, as the pipeline wrote them, until their texts are written for the person.
create table task_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  journey_id text not null,
  title text not null,
  body text not null,
  assignee text not null,
  task_due_at bigint,
  email boolean not null,
  variables jsonb not null,
  made_at bigint not null,
  primary key (shard, profile_id, id)
);
create index task_requests_made on task_requests (made_at);

-- Tasks. Forgetting the person leaves who did it and when, and nothing that was said of the person. `dones`: how often it was done.
create table tasks (
  id text primary key,
  profile_id uuid,
  run_id text,
  journey_id text not null,
  step text not null,
  title text not null,
  body text not null,
  assignee text not null,
  created_at bigint not null,
  due_at bigint,
  done_at bigint,
  done_by text,
  dones integer not null default 0,
  note text,
  problem text
);
create index tasks_open on tasks ((coalesce(due_at, 9007199254740991)), id) where done_at is null;
create index tasks_done on tasks (done_at desc, id desc) where done_at is not null;
create index tasks_person on tasks (profile_id) where profile_id is not null;

-- What timelines are to be told of tasks: written with what happened to the task, gone once it is accepted as an event.
create table task_news (
  n bigint generated always as identity primary key,
  task_id text not null,
  profile_id uuid not null,
  message_id text not null,
  name text not null,
  at bigint not null,
  properties jsonb not null
);

-- Mails to people of the shop. `mail_id`: the mail that it goes out in, its own or one that puts several together; null: not decided yet.
-- `due_at`: set on the one of them that is sent for all. Without a subject: what it said is forgotten.
create table staff_mails (
  id text primary key,
  address text not null,
  subject text not null,
  body text not null,
  link text not null,
  profile_id uuid,
  created_at bigint not null,
  mail_id text,
  is_digest boolean not null default false,
  planned_at bigint,
  due_at bigint,
  attempts integer not null default 0,
  sent_at bigint
);
create index staff_mails_waiting on staff_mails (address) where mail_id is null;
create index staff_mails_planned on staff_mails (address, planned_at) where mail_id is not null;
create index staff_mails_mail on staff_mails (mail_id) where mail_id is not null;
create index staff_mails_due on staff_mails (due_at) where due_at is not null;
create index staff_mails_unsent on staff_mails (created_at) where sent_at is null;
create index staff_mails_person on staff_mails (profile_id) where profile_id is not null;

-- Who gets a mail once a pool of coupon codes runs low.
create table coupon_pool_alerts (
  pool_id text primary key,
  addresses text[] not null
);
