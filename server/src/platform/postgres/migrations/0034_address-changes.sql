-- Addresses of which a suppression was added, changed or lifted, until the people who have them were told by an event. A row is written in
-- the transaction of the change and deleted once its events are accepted.
create table address_changes (
  id bigint generated always as identity primary key,
  channel text not null,
  address text not null
);
-- Whoever has an address that was suppressed before they could be told.
insert into address_changes (channel, address) select channel, address from suppressions;
