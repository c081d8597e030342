-- The sweep, which compares memberships with history, is one in the whole installation too.
insert into leases (name) values ('sweep');
