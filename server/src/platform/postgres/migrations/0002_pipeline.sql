-- A leaf's fill belongs to the publication that brought it, and has a step of its own between folding and done: a shard
-- may decide by a leaf only when the history of every shard has been handed out, since merged people have some in several.
drop table leaf_fills;
create table leaf_fills (
  shard smallint not null,
  leaf text not null,
  epoch bigint not null,
  live_seq bigint not null,
  bulk_seq bigint not null,
  event_names jsonb not null,
  status text not null check (status in ('waiting', 'folded', 'done')),
  primary key (shard, leaf)
);
create index leaf_fills_open on leaf_fills (epoch, leaf) where status <> 'done';

-- People whose whole state has to be folded from history again (after an unmerge). The cursors are those of the shard at
-- the instant in which the person was set back to nothing.
create table profile_refolds (
  shard smallint not null,
  profile_id uuid not null,
  live_seq bigint not null,
  bulk_seq bigint not null,
  primary key (shard, profile_id)
);

-- Work of which there is one in the whole installation. Fenced as shards are.
create table leases (
  name text primary key,
  epoch bigint not null default 0,
  worker text,
  lease_until bigint not null default 0
);
insert into leases (name) values ('export'), ('fill'), ('maintenance');

-- When a tombstone was set, by the shard's clock: what was accepted for it before that starts no journey of its heir.
alter table profiles add column merged_at bigint;
