-- Pools of coupon codes. `expires_on`: the last day on which a code is good, such as 2026-12-31. `low_since`: since when no more than `alert_at`
-- are left, epoch ms; staff are told once of each time.
create table coupon_pools (
  id text primary key,
  name text not null,
  value text not null,
  expires_on text,
  alert_at integer,
  low_since bigint,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
create unique index coupon_pools_name on coupon_pools (lower(name)) where deleted_at is null;

-- Codes, sealed; `hash` (HMAC) tells them apart without opening them. Given to one person at most; forgetting that person leaves the code given,
-- and to nobody. One that an order carried is redeemed, also where nobody was given it here: it is not given any more then.
create table coupon_codes (
  pool_id text not null,
  n bigint generated always as identity,
  hash bytea not null,
  code bytea not null,
  given_at bigint,
  profile_id uuid,
  run_id text,
  journey_id text,
  redeemed_at bigint,
  primary key (pool_id, n)
);
create unique index coupon_codes_hash on coupon_codes (hash, pool_id);
create index coupon_codes_free on coupon_codes (pool_id, n) where given_at is null and redeemed_at is null;
create index coupon_codes_given on coupon_codes (pool_id, given_at desc, n desc) where given_at is not null;
create index coupon_codes_person on coupon_codes (profile_id, pool_id) where profile_id is not null;

-- Codes for which runs of journeys wait. A row is written with the run that waits, and goes in the transaction that gives the code.
create table coupon_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  journey_id text not null,
  pool_id text not null,
  per_run boolean not null,
  until bigint not null,
  due_at bigint not null,
  primary key (shard, profile_id, id)
);
create index coupon_requests_due on coupon_requests (due_at);

-- Codes that orders carried, as the pipeline heard of them, until they are looked up among those above.
create table coupon_uses (
  shard smallint not null,
  profile_id uuid not null,
  code text not null,
  at bigint not null
);
