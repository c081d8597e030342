-- While a campaign went out, a seventh of what PostgreSQL computed were statistics: of tables that grow with each message and are read by
-- key or from their newest end, whatever the statistics say. Every quarter of a minute 30,000 rows of each were read for them, and each of
-- their columns sorted. They are made now once a table has grown or changed by half, and of a tenth of the rows: a column that is added later
-- to one of these tables needs `set statistics 10` too, since the widest sample counts for all.
alter table messages set (autovacuum_analyze_scale_factor = 0.5);
alter table message_contents set (autovacuum_analyze_scale_factor = 0.5);
alter table profiles set (autovacuum_analyze_scale_factor = 0.5);

do $$
declare
  c record;
begin
  for c in
    select attrelid::regclass as place, attname from pg_attribute
    where attrelid in ('messages'::regclass, 'message_contents'::regclass, 'profiles'::regclass) and attnum > 0 and not attisdropped
  loop
    execute format('alter table %s alter column %I set statistics 10', c.place, c.attname);
  end loop;
end $$;

-- A day of the inbox begins empty: while it doubles, statistics are made a score of times. Partitions made later say so themselves.
do $$
declare
  p record;
begin
  for p in select inhrelid::regclass as place from pg_inherits where inhparent in ('inbox'::regclass, 'seen'::regclass) loop
    execute format('alter table %s set (autovacuum_analyze_scale_factor = 1)', p.place);
  end loop;
end $$;
