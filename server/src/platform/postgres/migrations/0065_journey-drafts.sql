-- Journeys that are being edited: one draft each. `revision` moves with every save, and a save that does not name the present one is
-- refused; `based_on` is the version that the draft began from, 0 for a new journey.
create table journey_drafts (
  journey_id text primary key,
  revision integer not null,
  based_on integer not null,
  body jsonb not null,
  saved_at bigint not null,
  saved_by text not null
);
