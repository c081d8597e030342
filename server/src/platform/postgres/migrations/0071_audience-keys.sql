-- An audience is known by whom it takes in and when, so that it is the same in every version of its journey wherever it stands there. What was
-- written before knows only where it stood.
alter table journey_slots add column key text;
update journey_slots set key = 'entry ' || entry;
alter table journey_slots alter column key set not null, drop constraint journey_slots_pkey, drop column entry;
alter table journey_slots add primary key (journey_id, key, slot);
