-- Where a send stands that chooses among variants: `test` they go to a part of the audience, `rest` the chosen one goes to the others; null: there is nothing
-- to choose. `tested_at`: when everybody in the test had had their turn. `judged_at`: when it was decided, or found that a person has to; `choice` says why.
alter table campaign_sends add column part text check (part in ('test', 'rest'));
alter table campaign_sends add column tested_at bigint;
alter table campaign_sends add column judged_at bigint;
alter table campaign_sends add column winner text;
alter table campaign_sends add column choice text;
