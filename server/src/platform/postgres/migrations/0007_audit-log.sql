-- Who did what, when, on whom: one row for each management action, written before it and finished with it. A row that
-- stays `begun` is of an action whose end nobody saw, since the program died meanwhile. Ids grow with time.
create table audit_log (
  id uuid primary key,
  at bigint not null,
  actor_kind text not null check (actor_kind in ('user', 'api-key', 'nobody')),
  actor_id text,
  actor text not null,
  action text not null,
  subject text,
  before jsonb,
  after jsonb,
  outcome text not null check (outcome in ('begun', 'done', 'refused', 'failed')),
  code text,
  ip text not null,
  request_id text not null
);
create index audit_log_subject on audit_log (subject, id desc) where subject is not null;
