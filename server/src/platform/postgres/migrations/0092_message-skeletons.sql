-- What the e-mails of one template have in common, once for all copies of them: a copy names its parts instead of repeating them. Kept by
-- its SHA-256, so that it never changes, and for ever, since a copy may name it as long as there is one. Holds nothing of any person: only
-- what stands in the template.
create table message_skeletons (
  hash bytea primary key,
  -- zlib of UTF-8.
  body bytea not null,
  created_at bigint not null
);
alter table message_skeletons alter column body set storage external;
