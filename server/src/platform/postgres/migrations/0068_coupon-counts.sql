-- How many codes of a pool stand how: written in the transaction that changes the codes, so that no look at a pool counts them.
create table coupon_pool_counts (
  pool_id text primary key,
  free bigint not null default 0,
  given bigint not null default 0,
  redeemed bigint not null default 0,
  unreadable bigint not null default 0
);

-- Codes that could not be opened when somebody was to be given one: damaged, or sealed under another secret key. Nobody is given them until
-- they open again, or stand in the pool anew. `since`: epoch ms.
create table coupon_codes_aside (
  pool_id text not null,
  n bigint not null,
  hash bytea not null,
  code bytea not null,
  since bigint not null,
  primary key (pool_id, n)
);
create index coupon_codes_aside_hash on coupon_codes_aside (hash, pool_id);

-- The codes that are there already; a database that is made anew has none, and not even their table yet.
do $$
begin
  if to_regclass('coupon_codes') is not null then
    insert into coupon_pool_counts (pool_id, free, given, redeemed)
    select pool_id, count(*) filter (where given_at is null and redeemed_at is null), count(given_at), count(redeemed_at) from coupon_codes group by pool_id;
  end if;
end $$;
