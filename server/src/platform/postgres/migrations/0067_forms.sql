-- Forms of the shop. `body` is what they ask for and what comes of it, as contracts/src/form-file.ts says.
create table forms (
  id text primary key,
  name text not null,
  body jsonb not null,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
create unique index forms_name on forms (lower(name)) where deleted_at is null;

-- Who submitted which form, once for each message id. Where it has to be confirmed, `address` got the link until `expires_at`, and `properties` and
-- `grants` are what the confirmation will say; epoch ms.
create table form_submissions (
  form_id text not null,
  message_id text not null,
  shard smallint not null,
  profile_id uuid not null,
  at bigint not null,
  address text,
  properties jsonb,
  grants jsonb,
  expires_at bigint,
  confirmed_at bigint,
  primary key (form_id, message_id)
);
create index form_submissions_latest on form_submissions (form_id, at desc, message_id desc);
create index form_submissions_address on form_submissions (address, at) where address is not null;
create index form_submissions_person on form_submissions (profile_id);
