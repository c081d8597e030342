-- Ad audiences: named sets of people for an ad platform. Their people are those of a segment, or the members of a list. `token`: HMAC of what the
-- address from which it is fetched ends in. `counts`: of the latest export.
create table ad_audiences (
  id text primary key,
  name text not null,
  platform text not null,
  segment_id text,
  list_id text,
  topic text,
  token bytea,
  linked_at bigint,
  fetched_at bigint,
  counts jsonb,
  counted_at bigint,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint,
  check ((segment_id is null) <> (list_id is null))
);
create unique index ad_audiences_name on ad_audiences (lower(name)) where deleted_at is null;
