-- Lists that people are put into by hand, by the API or by an import. Who is in one is said by the events List Joined and
-- List Left; list_members is written in the transaction that accepts them, and is what pages and counts are read from.
create table lists (
  id text primary key,
  name text not null,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
create unique index lists_name on lists (lower(name)) where deleted_at is null;

-- A row says the last that was said of a profile and a list. A merge gives the loser's rows the survivor as person and an
-- unmerge takes them back, so nothing of it is lost; of the rows of one person the latest is current.
create table list_members (
  shard smallint not null,
  list_id text not null,
  profile_id uuid not null,
  person uuid not null,
  member boolean not null,
  current boolean not null,
  at bigint not null,
  primary key (shard, list_id, profile_id)
);
create index list_members_in on list_members (list_id, person) where current and member;
create index list_members_person on list_members (person, list_id);
