-- Links of campaigns that lead elsewhere than they did when the messages were written.
create table campaign_redirects (
  campaign_id text not null,
  from_url text not null,
  to_url text not null,
  set_by text not null,
  set_at bigint not null,
  primary key (campaign_id, from_url)
);
