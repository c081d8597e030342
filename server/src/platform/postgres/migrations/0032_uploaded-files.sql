-- Whether the file that was uploaded for an import is still there, and up to which instant (epoch ms) it is known that nobody
-- who was forgotten stands in it.
alter table imports add column has_file boolean not null default true, add column searched_at bigint not null default 0;
update imports set has_file = false where state = 'done';
create index imports_with_file on imports (created_at) where has_file;
