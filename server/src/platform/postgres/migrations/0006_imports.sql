-- Imports of files. The file lies in the data folder of the server that took it; whoever has it may hold the lease and read
-- it. `rows` is how far it came: it moves in one transaction with the counts and the refused rows, behind what was accepted.
create table imports (
  id uuid primary key,
  kind text not null,
  name text not null,
  bytes bigint not null,
  state text not null check (state in ('draft', 'checking', 'running', 'done', 'failed', 'cancelled')),
  mapping jsonb not null,
  preset text,
  options jsonb not null,
  progress real not null default 0,
  rows bigint not null default 0,
  counts jsonb not null,
  checked jsonb,
  joined bigint not null default 0,
  error text,
  created_at bigint not null,
  created_by text not null,
  started_at bigint,
  finished_at bigint,
  epoch bigint not null default 0,
  lease_until bigint not null default 0
);
create index imports_newest on imports (created_at desc, id desc);
create index imports_open on imports (created_at) where state in ('checking', 'running');

create table import_errors (
  import_id uuid not null references imports (id) on delete cascade,
  phase text not null check (phase in ('check', 'run')),
  row bigint not null,
  at smallint not null,
  column_name text,
  value text,
  reason text not null,
  allowed text,
  primary key (import_id, phase, row, at)
);

create table import_mappings (
  id uuid primary key,
  name text not null,
  kind text not null,
  mapping jsonb not null,
  updated_at bigint not null
);
create unique index import_mappings_name on import_mappings (lower(name));
