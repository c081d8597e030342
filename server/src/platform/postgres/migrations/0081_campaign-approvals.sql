-- A send may wait until a second person has approved it.
alter table campaign_sends drop constraint campaign_sends_state_check;
alter table campaign_sends add constraint campaign_sends_state_check
  check (state in ('scheduled', 'waiting', 'sending', 'paused', 'done', 'cancelled', 'undone'));
-- `gate_epoch`: the definitions epoch as of which it was last looked at whether it may go out, without or with the approval that it has.
-- `gate_digest`: of what it said, and to whom, when it was let go.
alter table campaign_sends add column gate_epoch bigint, add column gate_digest text;

-- Each time that somebody was asked to approve a send. `digest`: of what it says, to whom and when; `parts`: that itself, to say what changed since.
-- `asked_id`: the account that answers for it; null: a program that no account stands behind ordered it, and an account has to ask.
create table campaign_approvals (
  send_id text not null,
  n integer not null,
  campaign_id text not null,
  state text not null check (state in ('open', 'asked', 'approved', 'refused')),
  digest text not null,
  parts jsonb not null,
  people bigint not null,
  asked_by text not null,
  asked_id text,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  note text,
  primary key (send_id, n)
);
create index campaign_approvals_approved on campaign_approvals (campaign_id, decided_at) where state = 'approved';

-- Who made a key: nobody approves what they asked for themselves, whichever key they did it with.
alter table api_keys add column made_by text;
update api_keys k set made_by = (
  select a.actor_id from audit_log a
  where a.subject = k.id::text and a.action = 'createApiKey' and a.actor_kind = 'user' and a.outcome = 'done' order by a.id limit 1
);
