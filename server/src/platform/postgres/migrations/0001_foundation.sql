-- Times in hot tables are epoch milliseconds (bigint) by this database's clock: one representation from the wire to the
-- engine, no time zones, exact in JavaScript. Tables of accounts and settings use timestamptz.
-- Every hot table begins with shard: the unit of order, of parallelism and of placement.

-- ── accounts and settings ────────────────────────────────────────────────────────────────────────────────────────────
create table workspace (
  id smallint primary key default 1 check (id = 1),
  settings jsonb not null,
  definitions_epoch bigint not null default 0,
  created_at timestamptz not null default now()
);

create table users (
  id uuid primary key,
  email text not null unique,
  password_hash text,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  created_at timestamptz not null default now()
);

create table sessions (
  token_hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  expires_at timestamptz not null
);

create table sign_in_links (
  token_hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table api_keys (
  id uuid primary key,
  name text not null,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  prefix text not null,
  key_hash bytea not null unique,
  created_at timestamptz not null default now()
);

-- A write key is public by nature (it stands in the shop's pages), but it is kept encrypted at rest all the same.
create table sources (
  id text primary key,
  name text not null,
  write_key_hash bytea not null unique,
  write_key_encrypted bytea not null,
  created_at timestamptz not null default now(),
  last_event_at bigint
);

create table providers (
  channel text primary key,
  config jsonb not null,
  secret_encrypted bytea,
  updated_at timestamptz not null default now()
);

-- A version of a definition is never changed; the newest per (kind, id) is the one in force.
create table definitions (
  kind text not null check (kind in ('journey', 'segment', 'template')),
  id text not null,
  version integer not null,
  epoch bigint not null,
  body jsonb not null,
  published_at timestamptz not null default now(),
  published_by text not null,
  primary key (kind, id, version)
);
create index definitions_epoch on definitions (epoch);

-- ── accepting ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The head of a stream: seq and clock move in the accepting transaction, under this row's lock, so that neither order
-- nor time of a shard ever runs backwards. lane: 0 live, 1 bulk (2, derived, is numbered by the lease holder in shards).
create table shard_heads (
  shard smallint not null,
  lane smallint not null,
  seq bigint not null default 0,
  clock bigint not null default 0,
  primary key (shard, lane)
) with (fillfactor = 50);

create table shards (
  shard smallint primary key,
  epoch bigint not null default 0,
  worker text,
  lease_until bigint not null default 0,
  live_seq bigint not null default 0,
  bulk_seq bigint not null default 0,
  derived_seq bigint not null default 0,
  clock bigint not null default 0,
  definitions_epoch bigint not null default 0
) with (fillfactor = 50);

insert into shards (shard) select generate_series(0, 63);
insert into shard_heads (shard, lane) select s, l from generate_series(0, 63) s, generate_series(0, 1) l;

-- The inbox of every shard. properties and context are JSON text: they travel to the analytics store untouched, and are
-- parsed only when a definition looks at them. Partitioned by day so that a day leaves at once.
create table inbox (
  shard smallint not null,
  lane smallint not null,
  seq bigint not null,
  received_at bigint not null,
  profile_id uuid not null,
  event_id text not null,
  source text not null,
  type text not null,
  name text not null,
  occurred_at bigint not null,
  properties text not null,
  context text not null,
  triggers boolean not null,
  -- Came over from the shard of a profile that was merged into this one; the export has the original already.
  forwarded boolean not null default false,
  primary key (shard, lane, seq, received_at)
) partition by range (received_at);
create table inbox_default partition of inbox default;

-- De-duplication by (source, messageId), partitioned by the day of the client's original timestamp, so that a retry
-- always meets its first try. Days outside the kept span (imports of old history) fall into the default and stay.
create table seen (
  day integer not null,
  source text not null,
  message_id text not null,
  primary key (day, source, message_id)
) partition by range (day);
create table seen_default partition of seen default;

create table rejected_events (
  id uuid primary key,
  at bigint not null,
  source text not null,
  name text,
  message_id text,
  problems jsonb not null,
  raw text not null
);
create index rejected_events_at on rejected_events (at desc);

-- ── identity ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- bucket = hash(kind, value) mod 64.
create table identifiers (
  bucket smallint not null,
  kind text not null,
  value text not null,
  profile_id uuid not null,
  created_at bigint not null,
  primary key (bucket, kind, value)
);
create index identifiers_profile on identifiers (profile_id);
create index identifiers_prefix on identifiers (kind, value text_pattern_ops);

-- The ledger: which profile was merged into which, when, why, and which identifiers moved with it.
create table merges (
  id uuid primary key,
  winner uuid not null,
  loser uuid not null,
  at bigint not null,
  reason text not null,
  moved jsonb not null,
  undone_at bigint
);
create index merges_loser on merges (loser) where undone_at is null;
create index merges_winner on merges (winner);

-- ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- traits and state are MessagePack of plain data (engine/src/profile.ts); no index on what changes, so updates stay HOT.
create table profiles (
  shard smallint not null,
  id uuid not null,
  created_at bigint not null,
  traits bytea not null,
  state bytea not null,
  merged_into uuid,
  primary key (shard, id)
) with (fillfactor = 70);
alter table profiles alter column traits set storage external;
alter table profiles alter column state set storage external;

-- One timer per profile: the earliest of all its needs.
create table timers (
  shard smallint not null,
  profile_id uuid not null,
  due_at bigint not null,
  primary key (shard, profile_id)
) with (fillfactor = 70);
create index timers_due on timers (shard, due_at);

create table consents (
  shard smallint not null,
  profile_id uuid not null,
  channel text not null,
  topic text not null default '',
  state text not null check (state in ('granted', 'withdrawn')),
  source text not null,
  at bigint not null,
  address text,
  wording text,
  primary key (shard, profile_id, channel, topic)
);

-- By address, not by person: it outlives profiles, merges and imports.
create table suppressions (
  channel text not null,
  address text not null,
  reason text not null,
  source text not null,
  at bigint not null,
  primary key (channel, address)
);

-- ── journeys and segments, read side ─────────────────────────────────────────────────────────────────────────────────
-- Runs live in profiles.state; this is who is where, written in the same transaction.
create table runs (
  shard smallint not null,
  profile_id uuid not null,
  run_id text not null,
  journey_id text not null,
  version integer not null,
  step text not null,
  entered_at bigint not null,
  since bigint not null,
  wakes_at bigint,
  primary key (shard, profile_id, run_id)
) with (fillfactor = 70);
create index runs_position on runs (journey_id, version, step);

create table edge_counts (
  shard smallint not null,
  journey_id text not null,
  version integer not null,
  edge text not null,
  n bigint not null,
  primary key (shard, journey_id, version, edge)
) with (fillfactor = 50);

create table segment_counts (
  shard smallint not null,
  segment_id text not null,
  n bigint not null,
  primary key (shard, segment_id)
) with (fillfactor = 50);

-- A leaf of a condition that has to be computed from history before it may decide anything. The cursors are those of the
-- shard at the instant in which the leaf went live: history up to them is folded, everything above was added live.
create table leaf_fills (
  shard smallint not null,
  leaf text not null,
  live_seq bigint not null,
  bulk_seq bigint not null,
  event_names jsonb not null,
  status text not null check (status in ('waiting', 'folding', 'done')),
  primary key (shard, leaf)
);

-- ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
create table messages (
  shard smallint not null,
  id text not null,
  profile_id uuid not null,
  lane smallint not null,
  channel text not null,
  template text not null,
  template_version integer not null,
  purpose text not null,
  journey_id text,
  version integer,
  step text,
  run_id text,
  status text not null,
  reason text not null,
  rule text,
  -- What the template is rendered with besides the profile: the event that led here, as JSON text.
  variables text not null,
  address text,
  subject text,
  provider text,
  attempts smallint not null default 0,
  last_error text,
  created_at bigint not null,
  due_at bigint not null,
  claimed_by text,
  claim_until bigint not null default 0,
  sent_at bigint,
  delivered_at bigint,
  opened_at bigint,
  clicked_at bigint,
  primary key (shard, id)
) with (fillfactor = 70);
create index messages_due on messages (shard, lane, due_at) where status in ('queued', 'sending');
create index messages_newest on messages (created_at desc);
create index messages_profile on messages (profile_id, created_at desc);

create table message_contents (
  shard smallint not null,
  message_id text not null,
  -- gzip of JSON, the content part of contracts messageDetailSchema
  content bytea not null,
  created_at bigint not null,
  primary key (shard, message_id)
);
alter table message_contents alter column content set storage external;

create table notifications (
  shard smallint not null,
  profile_id uuid not null,
  message_id text not null,
  title text not null,
  body text not null,
  url text,
  image text,
  created_at bigint not null,
  read_at bigint,
  primary key (shard, profile_id, message_id)
);

-- ── export ───────────────────────────────────────────────────────────────────────────────────────────────────────────
create table export_cursors (
  shard smallint not null,
  lane smallint not null,
  seq bigint not null default 0,
  primary key (shard, lane)
) with (fillfactor = 50);
insert into export_cursors (shard, lane) select s, l from generate_series(0, 63) s, generate_series(0, 2) l;

-- Ranges and token are stored before the insert; a retry sends exactly those rows under the same token.
create table export_batches (
  token uuid primary key,
  ranges jsonb not null,
  created_at bigint not null
);

create table workers (
  id text primary key,
  started_at bigint not null,
  seen_at bigint not null,
  roles text not null
);
