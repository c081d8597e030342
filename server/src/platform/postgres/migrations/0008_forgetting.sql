-- A person who was forgotten: what was asked, how far it has come, and in the end what proves it. While it is under way,
-- `sealed` holds the identifiers that are looked for, encrypted; nothing of the person is left when it is complete.
create table forgets (
  id uuid primary key,
  -- All profiles that the person was, by their ids, which lead nowhere any more.
  profiles uuid[] not null,
  requested_at bigint not null,
  requested_by text not null,
  stage text not null check (stage in ('asked', 'stopping', 'taking', 'exporting', 'sweeping', 'complete')),
  -- Transactions below this number may have begun before the request was known, and have to end first.
  fence text,
  -- Where the streams stood when nothing more could come in: [shard, lane, seq].
  barriers jsonb,
  sealed bytea,
  counts jsonb not null default '{}',
  trouble text,
  completed_at bigint
);
create index forgets_open on forgets (requested_at) where stage <> 'complete';

-- By whom nobody is to come back: an HMAC of each identifier, and the opt-outs that hold again if it is allowed again.
create table forgotten_identifiers (
  hash bytea primary key,
  kind text not null,
  forget uuid not null,
  suppressions jsonb not null
);

create table forgotten_profiles (
  profile_id uuid primary key,
  forget uuid not null
);

-- The key under which a profile's events are sealed in the archive; without it they are gone.
create table archive_keys (
  profile_id uuid primary key,
  key bytea not null
);

insert into leases (name) values ('erase');
