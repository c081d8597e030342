alter table definitions drop constraint definitions_kind_check;
alter table definitions add constraint definitions_kind_check check (kind in ('journey', 'campaign', 'segment', 'template', 'trait'));

-- Each time that a campaign goes out. `slot`: what everybody's own clocks are to show, as ms since 1 January 1970 there. `allowance`: how many
-- messages its throttle allows beyond those handed out, as it stood at `allowance_at`. Ended once everybody in it was dealt with.
create table campaign_sends (
  id text primary key,
  campaign_id text not null,
  number integer not null,
  version integer not null,
  state text not null check (state in ('scheduled', 'sending', 'paused', 'done', 'cancelled', 'undone')),
  is_series boolean not null,
  ordered_by text not null,
  ordered_at bigint not null,
  key text,
  properties jsonb not null,
  undo_until bigint,
  starts_at bigint not null,
  slot bigint,
  started_at bigint,
  ended_at bigint,
  note text,
  allowance double precision not null default 0,
  allowance_at bigint,
  recalled_at bigint not null default 0,
  unique (campaign_id, number),
  unique (campaign_id, key)
);
create index campaign_sends_open on campaign_sends (starts_at) where ended_at is null;

-- How far a send has come in a shard. The conductor hands out a turn (`issued`) with so many messages (`granted`); the worker of the shard takes
-- it and says, in the transaction in which the messages come about, where it ended and how many it used.
create table campaign_cursors (
  shard smallint not null,
  send_id text not null,
  after uuid,
  issued integer not null default 0,
  granted integer not null default 0,
  taken integer not null default 0,
  used integer not null default 0,
  is_done boolean not null default false,
  primary key (shard, send_id)
) with (fillfactor = 50);
create index campaign_cursors_send on campaign_cursors (send_id);

-- What a send meant for people who got no message of it, and how many are in its audience.
create table campaign_counts (
  shard smallint not null,
  send_id text not null,
  what text not null,
  n bigint not null,
  primary key (shard, send_id, what)
) with (fillfactor = 50);
create index campaign_counts_send on campaign_counts (send_id);

alter table messages add column send_id text;
create index messages_of_sends on messages (send_id) where send_id is not null and status in ('queued', 'sending');
alter table runs add column send_id text;
create index runs_of_sends on runs (send_id) where send_id is not null;

-- What the sender does not hand over for now: a send that is paused, or `*`, all marketing. `journeys`: those that were paused along with it.
create table sending_holds (
  what text primary key,
  since bigint not null,
  set_by text not null,
  journeys jsonb not null default '[]'
);
