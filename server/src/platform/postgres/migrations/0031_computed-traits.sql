-- Computed traits are definitions too.
alter table definitions drop constraint definitions_kind_check;
alter table definitions add constraint definitions_kind_check check (kind in ('journey', 'segment', 'template', 'trait'));
