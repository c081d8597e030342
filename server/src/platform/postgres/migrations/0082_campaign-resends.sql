-- A send to those who did not answer an earlier one: `resend_of` its number, `whom` what they did not do, `except_goal` whether those who
-- reached the goal since are left out, `subject` another line than the template's.
alter table campaign_sends
  add column resend_of integer,
  add column whom text check (whom in ('not-opened', 'not-clicked')),
  add column except_goal boolean not null default false,
  add column subject text;

-- Whom such a send is for, from its beginning to its end. `why`: they get nothing for this reason.
create table campaign_people (
  shard smallint not null,
  send_id text not null,
  profile_id uuid not null,
  why text,
  primary key (shard, send_id, profile_id)
);
create index campaign_people_profile on campaign_people (profile_id);
