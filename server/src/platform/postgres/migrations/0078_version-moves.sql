-- Of a version of a journey: who comes to it from older ones, by the step at which they stand (contracts/src/journeys/moving.ts), and who asked for it.
alter table definitions add column moves jsonb;
