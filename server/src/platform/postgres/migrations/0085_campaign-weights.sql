-- The weights of a send whose campaign learns them, each time that they changed; the latest hold. `variants`: name, share of the people, chance of being
-- the best, and the figures that this follows from.
create table campaign_weights (
  send_id text not null,
  version integer not null,
  at bigint not null,
  variants jsonb not null,
  primary key (send_id, version)
);

-- What came of the send itself, for its own weights and those of later sends; null: nothing is learned. `learn_due`: when it is counted next; null: not
-- any more.
alter table campaign_sends add column learned jsonb, add column learn_due bigint;
create index campaign_sends_learning on campaign_sends (learn_due) where learn_due is not null;
