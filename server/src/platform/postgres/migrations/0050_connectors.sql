-- Scheduled pulls. `sealed` holds the whole address and the secret; `place` is what may be shown. Whoever holds the lease fetches;
-- `epoch` moves with every change, so that a fetch which began before it writes nothing.
create table pulls (
  id uuid primary key,
  name text not null,
  kind text not null,
  place jsonb not null,
  sealed bytea not null,
  schedule jsonb not null,
  mapping jsonb,
  options jsonb not null,
  paused boolean not null default false,
  asked text check (asked in ('run', 'draft')),
  next_at bigint,
  last_at bigint,
  failures integer not null default 0,
  error jsonb,
  created_at bigint not null,
  created_by text not null,
  epoch bigint not null default 0,
  lease_until bigint not null default 0
);

-- What came of each run. `mark` is what would be taken of a file that waits for its mapping.
create table pull_runs (
  id uuid primary key,
  pull_id uuid not null references pulls (id) on delete cascade,
  at bigint not null,
  outcome text not null check (outcome in ('imported', 'to-map', 'unchanged', 'empty', 'failed')),
  file text,
  bytes bigint,
  import_id uuid references imports (id) on delete set null,
  error jsonb,
  mark jsonb
);
create index pull_runs_newest on pull_runs (pull_id, id desc);
create index pull_runs_import on pull_runs (import_id) where import_id is not null;

-- Which version of which file was taken; of an address, the one under the empty name.
create table pull_taken (
  pull_id uuid not null references pulls (id) on delete cascade,
  name text not null,
  etag text,
  modified text,
  hash text,
  at bigint not null,
  primary key (pull_id, name)
);

alter table imports add column pull_id uuid references pulls (id) on delete set null;
create index imports_of_pull on imports (pull_id, created_at desc) where pull_id is not null;

-- Incoming webhooks with a mapping. The token of the address and the secret of the signature are sealed.
create table hooks (
  id uuid primary key,
  name text not null,
  source text not null unique,
  kind text not null,
  token_sealed bytea not null,
  signature jsonb,
  secret_sealed bytea,
  items text not null,
  identity jsonb not null,
  mapping jsonb,
  state text not null check (state in ('listening', 'on', 'paused')),
  last_at bigint,
  created_at bigint not null,
  created_by text not null
);

-- The latest bodies as they came, for the page on which they are mapped; kept for days, not for ever.
create table hook_bodies (
  hook_id uuid not null references hooks (id) on delete cascade,
  id uuid not null,
  at bigint not null,
  outcome text not null check (outcome in ('kept', 'accepted', 'refused')),
  note text,
  body text not null,
  primary key (hook_id, id)
);
create index hook_bodies_old on hook_bodies (at);
