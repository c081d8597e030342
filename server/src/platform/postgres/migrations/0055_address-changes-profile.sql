-- About whom a change was: they may have the address without being known by it, and are told as well.
alter table address_changes add column profile_id uuid;
