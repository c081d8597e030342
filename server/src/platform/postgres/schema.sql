-- The schema that the migrations add up to. Written by `npm run schema`; `npm run check:schema` compares it.

create table ad_audiences (
  id text not null,
  name text not null,
  platform text not null,
  segment_id text,
  list_id text,
  topic text,
  token bytea,
  linked_at bigint,
  fetched_at bigint,
  counts jsonb,
  counted_at bigint,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
alter table ad_audiences add constraint ad_audiences_pkey PRIMARY KEY (id);
alter table ad_audiences add constraint ad_audiences_check CHECK (((segment_id IS NULL) <> (list_id IS NULL)));
CREATE UNIQUE INDEX ad_audiences_name ON public.ad_audiences USING btree (lower(name)) WHERE (deleted_at IS NULL);

create table address_changes (
  id bigint generated always as identity not null,
  channel text not null,
  address text not null,
  profile_id uuid
);
alter table address_changes add constraint address_changes_pkey PRIMARY KEY (id);

create table answer_rates (
  version bigint generated always as identity not null,
  as_of bigint not null,
  in_force_at bigint not null,
  epoch bigint not null,
  channels jsonb not null
);
alter table answer_rates add constraint answer_rates_pkey PRIMARY KEY (version);
CREATE INDEX answer_rates_epoch ON public.answer_rates USING btree (epoch, version);

create table api_keys (
  id uuid not null,
  name text not null,
  role text not null,
  prefix text not null,
  key_hash bytea not null,
  created_at timestamp with time zone default now() not null,
  made_by text
);
alter table api_keys add constraint api_keys_pkey PRIMARY KEY (id);
alter table api_keys add constraint api_keys_key_hash_key UNIQUE (key_hash);
alter table api_keys add constraint api_keys_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])));

create table archive_keys (
  profile_id uuid not null,
  key bytea not null
);
alter table archive_keys add constraint archive_keys_pkey PRIMARY KEY (profile_id);

create table audit_log (
  id uuid not null,
  at bigint not null,
  actor_kind text not null,
  actor_id text,
  actor text not null,
  action text not null,
  subject text,
  before jsonb,
  after jsonb,
  outcome text not null,
  code text,
  ip text not null,
  request_id text not null
);
alter table audit_log add constraint audit_log_pkey PRIMARY KEY (id);
alter table audit_log add constraint audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api-key'::text, 'nobody'::text])));
alter table audit_log add constraint audit_log_outcome_check CHECK ((outcome = ANY (ARRAY['begun'::text, 'done'::text, 'refused'::text, 'failed'::text])));
CREATE INDEX audit_log_subject ON public.audit_log USING btree (subject, id DESC) WHERE (subject IS NOT NULL);

create table campaign_approvals (
  send_id text not null,
  n integer not null,
  campaign_id text not null,
  state text not null,
  digest text not null,
  parts jsonb not null,
  people bigint not null,
  asked_by text not null,
  asked_id text,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  note text
);
alter table campaign_approvals add constraint campaign_approvals_pkey PRIMARY KEY (send_id, n);
alter table campaign_approvals add constraint campaign_approvals_state_check CHECK ((state = ANY (ARRAY['open'::text, 'asked'::text, 'approved'::text, 'refused'::text])));
CREATE INDEX campaign_approvals_approved ON public.campaign_approvals USING btree (campaign_id, decided_at) WHERE (state = 'approved'::text);

create table campaign_counts (
  shard smallint not null,
  send_id text not null,
  what text not null,
  n bigint not null
) with (fillfactor=50);
alter table campaign_counts add constraint campaign_counts_pkey PRIMARY KEY (shard, send_id, what);
CREATE INDEX campaign_counts_send ON public.campaign_counts USING btree (send_id);

create table campaign_cursors (
  shard smallint not null,
  send_id text not null,
  after uuid,
  issued integer default 0 not null,
  granted integer default 0 not null,
  taken integer default 0 not null,
  used integer default 0 not null,
  is_done boolean default false not null
) with (fillfactor=50);
alter table campaign_cursors add constraint campaign_cursors_pkey PRIMARY KEY (shard, send_id);
CREATE INDEX campaign_cursors_send ON public.campaign_cursors USING btree (send_id);

create table campaign_people (
  shard smallint not null,
  send_id text not null,
  profile_id uuid not null,
  why text
);
alter table campaign_people add constraint campaign_people_pkey PRIMARY KEY (shard, send_id, profile_id);
CREATE INDEX campaign_people_profile ON public.campaign_people USING btree (profile_id);

create table campaign_redirects (
  campaign_id text not null,
  from_url text not null,
  to_url text not null,
  set_by text not null,
  set_at bigint not null
);
alter table campaign_redirects add constraint campaign_redirects_pkey PRIMARY KEY (campaign_id, from_url);

create table campaign_sends (
  id text not null,
  campaign_id text not null,
  number integer not null,
  version integer not null,
  state text not null,
  is_series boolean not null,
  ordered_by text not null,
  ordered_at bigint not null,
  key text,
  properties jsonb not null,
  undo_until bigint,
  starts_at bigint not null,
  slot bigint,
  started_at bigint,
  ended_at bigint,
  note text,
  allowance double precision default 0 not null,
  allowance_at bigint,
  recalled_at bigint default 0 not null,
  part text,
  tested_at bigint,
  judged_at bigint,
  winner text,
  choice text,
  gate_epoch bigint,
  gate_digest text,
  resend_of integer,
  whom text,
  except_goal boolean default false not null,
  subject text,
  ramp_stage integer,
  ramp_from double precision,
  ramp_to double precision,
  staged_at bigint,
  ramp_all boolean default false not null,
  watch_since bigint,
  watched_at bigint,
  halted_at bigint,
  learned jsonb,
  learn_due bigint,
  filled_to bigint,
  reached_to text
);
alter table campaign_sends add constraint campaign_sends_pkey PRIMARY KEY (id);
alter table campaign_sends add constraint campaign_sends_campaign_id_key_key UNIQUE (campaign_id, key);
alter table campaign_sends add constraint campaign_sends_campaign_id_number_key UNIQUE (campaign_id, number);
alter table campaign_sends add constraint campaign_sends_part_check CHECK ((part = ANY (ARRAY['test'::text, 'rest'::text])));
alter table campaign_sends add constraint campaign_sends_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'waiting'::text, 'sending'::text, 'paused'::text, 'done'::text, 'cancelled'::text, 'undone'::text])));
alter table campaign_sends add constraint campaign_sends_whom_check CHECK ((whom = ANY (ARRAY['not-opened'::text, 'not-clicked'::text])));
CREATE INDEX campaign_sends_filled ON public.campaign_sends USING btree (id) WHERE (filled_to IS NOT NULL);
CREATE INDEX campaign_sends_learning ON public.campaign_sends USING btree (learn_due) WHERE (learn_due IS NOT NULL);
CREATE INDEX campaign_sends_open ON public.campaign_sends USING btree (starts_at) WHERE (ended_at IS NULL);

create table campaign_weights (
  send_id text not null,
  version integer not null,
  at bigint not null,
  variants jsonb not null
);
alter table campaign_weights add constraint campaign_weights_pkey PRIMARY KEY (send_id, version);

create table consents (
  shard smallint not null,
  profile_id uuid not null,
  channel text not null,
  topic text default ''::text not null,
  state text not null,
  source text not null,
  at bigint not null,
  address text,
  wording text
);
alter table consents add constraint consents_pkey PRIMARY KEY (shard, profile_id, channel, topic);
alter table consents add constraint consents_state_check CHECK ((state = ANY (ARRAY['granted'::text, 'withdrawn'::text])));

create table coupon_codes (
  pool_id text not null,
  n bigint generated always as identity not null,
  hash bytea not null,
  code bytea not null,
  given_at bigint,
  profile_id uuid,
  run_id text,
  journey_id text,
  redeemed_at bigint
);
alter table coupon_codes add constraint coupon_codes_pkey PRIMARY KEY (pool_id, n);
CREATE INDEX coupon_codes_free ON public.coupon_codes USING btree (pool_id, n) WHERE ((given_at IS NULL) AND (redeemed_at IS NULL));
CREATE INDEX coupon_codes_given ON public.coupon_codes USING btree (pool_id, given_at DESC, n DESC) WHERE (given_at IS NOT NULL);
CREATE UNIQUE INDEX coupon_codes_hash ON public.coupon_codes USING btree (hash, pool_id);
CREATE INDEX coupon_codes_person ON public.coupon_codes USING btree (profile_id, pool_id) WHERE (profile_id IS NOT NULL);

create table coupon_codes_aside (
  pool_id text not null,
  n bigint not null,
  hash bytea not null,
  code bytea not null,
  since bigint not null
);
alter table coupon_codes_aside add constraint coupon_codes_aside_pkey PRIMARY KEY (pool_id, n);
CREATE INDEX coupon_codes_aside_hash ON public.coupon_codes_aside USING btree (hash, pool_id);

create table coupon_pool_alerts (
  pool_id text not null,
  addresses text[] not null
);
alter table coupon_pool_alerts add constraint coupon_pool_alerts_pkey PRIMARY KEY (pool_id);

create table coupon_pool_counts (
  pool_id text not null,
  free bigint default 0 not null,
  given bigint default 0 not null,
  redeemed bigint default 0 not null,
  unreadable bigint default 0 not null
);
alter table coupon_pool_counts add constraint coupon_pool_counts_pkey PRIMARY KEY (pool_id);

create table coupon_pools (
  id text not null,
  name text not null,
  value text not null,
  expires_on text,
  alert_at integer,
  low_since bigint,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
alter table coupon_pools add constraint coupon_pools_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX coupon_pools_name ON public.coupon_pools USING btree (lower(name)) WHERE (deleted_at IS NULL);

create table coupon_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  journey_id text not null,
  pool_id text not null,
  per_run boolean not null,
  until bigint not null,
  due_at bigint not null
);
alter table coupon_requests add constraint coupon_requests_pkey PRIMARY KEY (shard, profile_id, id);
CREATE INDEX coupon_requests_due ON public.coupon_requests USING btree (due_at);

create table coupon_uses (
  shard smallint not null,
  profile_id uuid not null,
  code text not null,
  at bigint not null
);

create table definitions (
  kind text not null,
  id text not null,
  version integer not null,
  epoch bigint not null,
  body jsonb not null,
  published_at timestamp with time zone default now() not null,
  published_by text not null,
  moves jsonb
);
alter table definitions add constraint definitions_pkey PRIMARY KEY (kind, id, version);
alter table definitions add constraint definitions_kind_check CHECK ((kind = ANY (ARRAY['journey'::text, 'campaign'::text, 'segment'::text, 'template'::text, 'trait'::text])));
CREATE INDEX definitions_epoch ON public.definitions USING btree (epoch);

create table edge_counts (
  shard smallint not null,
  journey_id text not null,
  version integer not null,
  edge text not null,
  n bigint not null
) with (fillfactor=50);
alter table edge_counts add constraint edge_counts_pkey PRIMARY KEY (shard, journey_id, version, edge);

create table entry_requests (
  shard smallint not null,
  profile_id uuid not null,
  run_id text not null,
  journey_id text not null,
  day integer not null,
  most bigint not null,
  asked_at bigint not null
);
alter table entry_requests add constraint entry_requests_pkey PRIMARY KEY (shard, profile_id, run_id);
CREATE INDEX entry_requests_asked ON public.entry_requests USING btree (asked_at);

create table export_batches (
  token uuid not null,
  ranges jsonb not null,
  created_at bigint not null
);
alter table export_batches add constraint export_batches_pkey PRIMARY KEY (token);

create table export_cursors (
  shard smallint not null,
  lane smallint not null,
  seq bigint default 0 not null
) with (fillfactor=50);
alter table export_cursors add constraint export_cursors_pkey PRIMARY KEY (shard, lane);

create table forgets (
  id uuid not null,
  profiles uuid[] not null,
  requested_at bigint not null,
  requested_by text not null,
  stage text not null,
  fence text,
  barriers jsonb,
  sealed bytea,
  counts jsonb default '{}'::jsonb not null,
  trouble text,
  completed_at bigint
);
alter table forgets add constraint forgets_pkey PRIMARY KEY (id);
alter table forgets add constraint forgets_stage_check CHECK ((stage = ANY (ARRAY['asked'::text, 'stopping'::text, 'taking'::text, 'exporting'::text, 'sweeping'::text, 'complete'::text])));
CREATE INDEX forgets_open ON public.forgets USING btree (requested_at) WHERE (stage <> 'complete'::text);

create table forgotten_identifiers (
  hash bytea not null,
  kind text not null,
  forget uuid not null,
  suppressions jsonb not null
);
alter table forgotten_identifiers add constraint forgotten_identifiers_pkey PRIMARY KEY (hash);

create table forgotten_profiles (
  profile_id uuid not null,
  forget uuid not null
);
alter table forgotten_profiles add constraint forgotten_profiles_pkey PRIMARY KEY (profile_id);

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
  confirmed_at bigint
);
alter table form_submissions add constraint form_submissions_pkey PRIMARY KEY (form_id, message_id);
CREATE INDEX form_submissions_address ON public.form_submissions USING btree (address, at) WHERE (address IS NOT NULL);
CREATE INDEX form_submissions_latest ON public.form_submissions USING btree (form_id, at DESC, message_id DESC);
CREATE INDEX form_submissions_person ON public.form_submissions USING btree (profile_id);

create table forms (
  id text not null,
  name text not null,
  body jsonb not null,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
alter table forms add constraint forms_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX forms_name ON public.forms USING btree (lower(name)) WHERE (deleted_at IS NULL);

create table hook_bodies (
  hook_id uuid not null,
  id uuid not null,
  at bigint not null,
  outcome text not null,
  note text,
  body text not null
);
alter table hook_bodies add constraint hook_bodies_pkey PRIMARY KEY (hook_id, id);
alter table hook_bodies add constraint hook_bodies_outcome_check CHECK ((outcome = ANY (ARRAY['kept'::text, 'accepted'::text, 'refused'::text])));
CREATE INDEX hook_bodies_old ON public.hook_bodies USING btree (at);

create table hooks (
  id uuid not null,
  name text not null,
  source text not null,
  kind text not null,
  token_sealed bytea not null,
  signature jsonb,
  secret_sealed bytea,
  items text not null,
  identity jsonb not null,
  mapping jsonb,
  state text not null,
  last_at bigint,
  created_at bigint not null,
  created_by text not null
);
alter table hooks add constraint hooks_pkey PRIMARY KEY (id);
alter table hooks add constraint hooks_source_key UNIQUE (source);
alter table hooks add constraint hooks_state_check CHECK ((state = ANY (ARRAY['listening'::text, 'on'::text, 'paused'::text])));

create table identifiers (
  bucket smallint not null,
  kind text not null,
  value text not null,
  profile_id uuid not null,
  created_at bigint not null
);
alter table identifiers add constraint identifiers_pkey PRIMARY KEY (bucket, kind, value);
CREATE INDEX identifiers_prefix ON public.identifiers USING btree (kind, value text_pattern_ops);
CREATE INDEX identifiers_profile ON public.identifiers USING btree (profile_id);

create table import_errors (
  import_id uuid not null,
  phase text not null,
  "row" bigint not null,
  at smallint not null,
  column_name text,
  value text,
  reason text not null,
  allowed text
);
alter table import_errors add constraint import_errors_pkey PRIMARY KEY (import_id, phase, "row", at);
alter table import_errors add constraint import_errors_phase_check CHECK ((phase = ANY (ARRAY['check'::text, 'run'::text])));

create table import_mappings (
  id uuid not null,
  name text not null,
  kind text not null,
  mapping jsonb not null,
  updated_at bigint not null
);
alter table import_mappings add constraint import_mappings_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX import_mappings_name ON public.import_mappings USING btree (lower(name));

create table imports (
  id uuid not null,
  kind text not null,
  name text not null,
  bytes bigint not null,
  state text not null,
  mapping jsonb not null,
  preset text,
  options jsonb not null,
  progress real default 0 not null,
  rows bigint default 0 not null,
  counts jsonb not null,
  checked jsonb,
  joined bigint default 0 not null,
  error text,
  created_at bigint not null,
  created_by text not null,
  started_at bigint,
  finished_at bigint,
  epoch bigint default 0 not null,
  lease_until bigint default 0 not null,
  has_file boolean default true not null,
  searched_at bigint default 0 not null,
  pull_id uuid
);
alter table imports add constraint imports_pkey PRIMARY KEY (id);
alter table imports add constraint imports_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'checking'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])));
CREATE INDEX imports_newest ON public.imports USING btree (created_at DESC, id DESC);
CREATE INDEX imports_of_pull ON public.imports USING btree (pull_id, created_at DESC) WHERE (pull_id IS NOT NULL);
CREATE INDEX imports_open ON public.imports USING btree (created_at) WHERE (state = ANY (ARRAY['checking'::text, 'running'::text]));
CREATE INDEX imports_with_file ON public.imports USING btree (created_at) WHERE has_file;

create table inbox (
  shard smallint not null,
  lane smallint not null,
  seq bigint not null,
  received_at bigint not null,
  profile_id uuid not null,
  event_id text not null,
  source text not null,
  type text not null,
  name text not null,
  occurred_at bigint not null,
  properties text not null,
  context text not null,
  triggers boolean not null,
  forwarded boolean default false not null
) partition by RANGE (received_at);
alter table inbox add constraint inbox_pkey PRIMARY KEY (shard, lane, seq, received_at);

create table journey_days (
  journey_id text not null,
  day integer not null,
  n bigint not null
);
alter table journey_days add constraint journey_days_pkey PRIMARY KEY (journey_id, day);

create table journey_drafts (
  journey_id text not null,
  revision integer not null,
  based_on integer not null,
  body jsonb not null,
  saved_at bigint not null,
  saved_by text not null
);
alter table journey_drafts add constraint journey_drafts_pkey PRIMARY KEY (journey_id);

create table journey_move_counts (
  shard smallint not null,
  move_id text not null,
  moved bigint not null,
  passed bigint not null
);
alter table journey_move_counts add constraint journey_move_counts_pkey PRIMARY KEY (shard, move_id);

create table journey_move_runs (
  shard smallint not null,
  move_id text not null,
  profile_id uuid not null,
  run_id text not null
);
alter table journey_move_runs add constraint journey_move_runs_pkey PRIMARY KEY (shard, move_id, profile_id, run_id);

create table journey_moves (
  id text not null,
  journey_id text not null,
  version integer not null,
  step text not null,
  to_version integer,
  to_step text,
  people bigint not null,
  asked_at bigint not null,
  asked_by text not null
);
alter table journey_moves add constraint journey_moves_pkey PRIMARY KEY (id);
CREATE INDEX journey_moves_newest ON public.journey_moves USING btree (journey_id, asked_at DESC);

create table journey_slots (
  journey_id text not null,
  slot bigint not null,
  announced_at bigint not null,
  key text not null
);
alter table journey_slots add constraint journey_slots_pkey PRIMARY KEY (journey_id, key, slot);

create table journey_states (
  journey_id text not null,
  epoch bigint not null,
  state text not null,
  set_at bigint not null,
  set_by text not null
);
alter table journey_states add constraint journey_states_pkey PRIMARY KEY (journey_id, epoch);
alter table journey_states add constraint journey_states_state_check CHECK ((state = ANY (ARRAY['live'::text, 'paused'::text, 'draining'::text, 'stopped'::text, 'archived'::text])));

create table leaf_fills (
  shard smallint not null,
  leaf text not null,
  epoch bigint not null,
  status text not null,
  walked_to uuid default '00000000-0000-0000-0000-000000000000'::uuid not null
);
alter table leaf_fills add constraint leaf_fills_pkey PRIMARY KEY (shard, leaf);
alter table leaf_fills add constraint leaf_fills_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text])));
CREATE INDEX leaf_fills_open ON public.leaf_fills USING btree (epoch, leaf) WHERE (status <> 'done'::text);

create table leases (
  name text not null,
  epoch bigint default 0 not null,
  worker text,
  lease_until bigint default 0 not null
);
alter table leases add constraint leases_pkey PRIMARY KEY (name);

create table list_members (
  shard smallint not null,
  list_id text not null,
  profile_id uuid not null,
  person uuid not null,
  member boolean not null,
  current boolean not null,
  at bigint not null
);
alter table list_members add constraint list_members_pkey PRIMARY KEY (shard, list_id, profile_id);
CREATE INDEX list_members_in ON public.list_members USING btree (list_id, person) WHERE (current AND member);
CREATE INDEX list_members_person ON public.list_members USING btree (person, list_id);

create table lists (
  id text not null,
  name text not null,
  created_at bigint not null,
  created_by text not null,
  deleted_at bigint
);
alter table lists add constraint lists_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX lists_name ON public.lists USING btree (lower(name)) WHERE (deleted_at IS NULL);

create table merges (
  id uuid not null,
  winner uuid not null,
  loser uuid not null,
  at bigint not null,
  reason text not null,
  moved jsonb not null,
  undone_at bigint
);
alter table merges add constraint merges_pkey PRIMARY KEY (id);
CREATE INDEX merges_loser ON public.merges USING btree (loser) WHERE (undone_at IS NULL);
CREATE INDEX merges_winner ON public.merges USING btree (winner);

create table message_contents (
  shard smallint not null,
  message_id text not null,
  content bytea storage external not null,
  created_at bigint not null
) with (autovacuum_analyze_scale_factor=0.5);
alter table message_contents add constraint message_contents_pkey PRIMARY KEY (shard, message_id);

create table message_skeletons (
  hash bytea not null,
  body bytea storage external not null,
  created_at bigint not null
);
alter table message_skeletons add constraint message_skeletons_pkey PRIMARY KEY (hash);

create table messages (
  shard smallint not null,
  id text not null,
  profile_id uuid not null,
  lane smallint not null,
  channel text not null,
  template text not null,
  template_version integer not null,
  purpose text not null,
  journey_id text,
  version integer,
  step text,
  run_id text,
  status text not null,
  reason text not null,
  rule text,
  variables text not null,
  address text,
  subject text,
  provider text,
  attempts smallint default 0 not null,
  last_error text,
  created_at bigint not null,
  due_at bigint not null,
  claimed_by text,
  claim_until bigint default 0 not null,
  sent_at bigint,
  delivered_at bigint,
  opened_at bigint,
  clicked_at bigint,
  called_back text,
  send_id text
) with (fillfactor=70, autovacuum_analyze_scale_factor=0.5);
alter table messages add constraint messages_pkey PRIMARY KEY (shard, id);
CREATE INDEX messages_due ON public.messages USING btree (shard, lane, due_at) WHERE (status = ANY (ARRAY['queued'::text, 'sending'::text]));
CREATE INDEX messages_newest ON public.messages USING btree (created_at DESC);
CREATE INDEX messages_of_sends ON public.messages USING btree (send_id) WHERE ((send_id IS NOT NULL) AND (status = ANY (ARRAY['queued'::text, 'sending'::text])));
CREATE INDEX messages_profile ON public.messages USING btree (profile_id, created_at DESC);

create table notifications (
  shard smallint not null,
  profile_id uuid not null,
  message_id text not null,
  title text not null,
  body text not null,
  url text,
  image text,
  created_at bigint not null,
  read_at bigint
);
alter table notifications add constraint notifications_pkey PRIMARY KEY (shard, profile_id, message_id);

create table profile_refolds (
  shard smallint not null,
  profile_id uuid not null,
  live_seq bigint not null,
  bulk_seq bigint not null
);
alter table profile_refolds add constraint profile_refolds_pkey PRIMARY KEY (shard, profile_id);

create table profiles (
  shard smallint not null,
  id uuid not null,
  created_at bigint not null,
  traits bytea storage external not null,
  state bytea storage external not null,
  merged_into uuid,
  merged_at bigint
) with (fillfactor=70, toast_tuple_target=8160, autovacuum_analyze_scale_factor=0.5);
alter table profiles add constraint profiles_pkey PRIMARY KEY (shard, id);

create table providers (
  channel text not null,
  config jsonb not null,
  secret_encrypted bytea,
  updated_at timestamp with time zone default now() not null
);
alter table providers add constraint providers_pkey PRIMARY KEY (channel);

create table pull_runs (
  id uuid not null,
  pull_id uuid not null,
  at bigint not null,
  outcome text not null,
  file text,
  bytes bigint,
  import_id uuid,
  error jsonb,
  mark jsonb
);
alter table pull_runs add constraint pull_runs_pkey PRIMARY KEY (id);
alter table pull_runs add constraint pull_runs_outcome_check CHECK ((outcome = ANY (ARRAY['imported'::text, 'to-map'::text, 'unchanged'::text, 'empty'::text, 'failed'::text])));
CREATE INDEX pull_runs_import ON public.pull_runs USING btree (import_id) WHERE (import_id IS NOT NULL);
CREATE INDEX pull_runs_newest ON public.pull_runs USING btree (pull_id, id DESC);

create table pull_taken (
  pull_id uuid not null,
  name text not null,
  etag text,
  modified text,
  hash text,
  at bigint not null
);
alter table pull_taken add constraint pull_taken_pkey PRIMARY KEY (pull_id, name);

create table pulls (
  id uuid not null,
  name text not null,
  kind text not null,
  place jsonb not null,
  sealed bytea not null,
  schedule jsonb not null,
  mapping jsonb,
  options jsonb not null,
  paused boolean default false not null,
  asked text,
  next_at bigint,
  last_at bigint,
  failures integer default 0 not null,
  error jsonb,
  created_at bigint not null,
  created_by text not null,
  epoch bigint default 0 not null,
  lease_until bigint default 0 not null
);
alter table pulls add constraint pulls_pkey PRIMARY KEY (id);
alter table pulls add constraint pulls_asked_check CHECK ((asked = ANY (ARRAY['run'::text, 'draft'::text])));

create table rejected_events (
  id uuid not null,
  at bigint not null,
  source text not null,
  name text,
  message_id text,
  problems jsonb not null,
  raw text not null
);
alter table rejected_events add constraint rejected_events_pkey PRIMARY KEY (id);
CREATE INDEX rejected_events_at ON public.rejected_events USING btree (at DESC);

create table rfm_versions (
  version bigint generated always as identity not null,
  kind text not null,
  past_of bigint,
  day date not null,
  as_of bigint not null,
  known_at bigint not null,
  in_force_at bigint,
  epoch bigint,
  people bigint not null,
  thresholds jsonb,
  cells jsonb not null
);
alter table rfm_versions add constraint rfm_versions_pkey PRIMARY KEY (version);
alter table rfm_versions add constraint rfm_versions_check CHECK ((((kind = 'past'::text) = (past_of IS NOT NULL)) AND ((kind = 'past'::text) = (in_force_at IS NULL)) AND ((kind = 'past'::text) = (epoch IS NULL))));
alter table rfm_versions add constraint rfm_versions_kind_check CHECK ((kind = ANY (ARRAY['begin'::text, 'daily'::text, 'past'::text])));
CREATE INDEX rfm_versions_day ON public.rfm_versions USING btree (day, version);
CREATE INDEX rfm_versions_epoch ON public.rfm_versions USING btree (epoch, version) WHERE (epoch IS NOT NULL);

create table runs (
  shard smallint not null,
  profile_id uuid not null,
  run_id text not null,
  journey_id text not null,
  version integer not null,
  step text not null,
  entered_at bigint not null,
  since bigint not null,
  wakes_at bigint,
  send_id text
) with (fillfactor=70);
alter table runs add constraint runs_pkey PRIMARY KEY (shard, profile_id, run_id);
CREATE INDEX runs_of_sends ON public.runs USING btree (send_id) WHERE (send_id IS NOT NULL);
CREATE INDEX runs_position ON public.runs USING btree (journey_id, version, step);

create table seen (
  day integer not null,
  source text not null,
  message_id text not null
) partition by RANGE (day);
alter table seen add constraint seen_pkey PRIMARY KEY (day, source, message_id);

create table segment_counts (
  shard smallint not null,
  segment_id text not null,
  n bigint not null
) with (fillfactor=50);
alter table segment_counts add constraint segment_counts_pkey PRIMARY KEY (shard, segment_id);

create table sending_holds (
  what text not null,
  since bigint not null,
  set_by text not null,
  journeys jsonb default '[]'::jsonb not null
);
alter table sending_holds add constraint sending_holds_pkey PRIMARY KEY (what);

create table sessions (
  token_hash bytea not null,
  user_id uuid not null,
  expires_at timestamp with time zone not null
);
alter table sessions add constraint sessions_pkey PRIMARY KEY (token_hash);

create table shard_heads (
  shard smallint not null,
  lane smallint not null,
  seq bigint default 0 not null,
  clock bigint default 0 not null
) with (fillfactor=50);
alter table shard_heads add constraint shard_heads_pkey PRIMARY KEY (shard, lane);

create table shards (
  shard smallint not null,
  epoch bigint default 0 not null,
  worker text,
  lease_until bigint default 0 not null,
  live_seq bigint default 0 not null,
  bulk_seq bigint default 0 not null,
  derived_seq bigint default 0 not null,
  clock bigint default 0 not null,
  definitions_epoch bigint default 0 not null,
  leased_at bigint default 0 not null
) with (fillfactor=50);
alter table shards add constraint shards_pkey PRIMARY KEY (shard);

create table shop_event_turns (
  message_id text not null,
  journey_id text not null,
  received_at bigint not null,
  next_shard smallint default 0 not null,
  reached bigint default 0 not null,
  ended_at bigint,
  note text,
  lease uuid,
  leased_until bigint default 0 not null
);
alter table shop_event_turns add constraint shop_event_turns_pkey PRIMARY KEY (message_id, journey_id);
CREATE INDEX shop_event_turns_open ON public.shop_event_turns USING btree (received_at) WHERE (ended_at IS NULL);

create table shop_events (
  message_id text not null,
  name text not null,
  properties jsonb not null,
  received_at bigint not null,
  sent_by text not null
);
alter table shop_events add constraint shop_events_pkey PRIMARY KEY (message_id);
CREATE INDEX shop_events_received ON public.shop_events USING btree (received_at, message_id);

create table sign_in_links (
  token_hash bytea not null,
  user_id uuid not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);
alter table sign_in_links add constraint sign_in_links_pkey PRIMARY KEY (token_hash);

create table sources (
  id text not null,
  name text not null,
  write_key_hash bytea not null,
  write_key_encrypted bytea not null,
  created_at timestamp with time zone default now() not null,
  last_event_at bigint
);
alter table sources add constraint sources_pkey PRIMARY KEY (id);
alter table sources add constraint sources_write_key_hash_key UNIQUE (write_key_hash);

create table staff_mails (
  id text not null,
  address text not null,
  subject text not null,
  body text not null,
  link text not null,
  profile_id uuid,
  created_at bigint not null,
  mail_id text,
  is_digest boolean default false not null,
  planned_at bigint,
  due_at bigint,
  attempts integer default 0 not null,
  sent_at bigint
);
alter table staff_mails add constraint staff_mails_pkey PRIMARY KEY (id);
CREATE INDEX staff_mails_due ON public.staff_mails USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX staff_mails_mail ON public.staff_mails USING btree (mail_id) WHERE (mail_id IS NOT NULL);
CREATE INDEX staff_mails_person ON public.staff_mails USING btree (profile_id) WHERE (profile_id IS NOT NULL);
CREATE INDEX staff_mails_planned ON public.staff_mails USING btree (address, planned_at) WHERE (mail_id IS NOT NULL);
CREATE INDEX staff_mails_unsent ON public.staff_mails USING btree (created_at) WHERE (sent_at IS NULL);
CREATE INDEX staff_mails_waiting ON public.staff_mails USING btree (address) WHERE (mail_id IS NULL);

create table step_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  template text not null,
  template_version integer not null,
  variables jsonb not null,
  keep jsonb not null,
  asked_at bigint not null,
  until bigint not null,
  due_at bigint not null,
  attempts integer default 0 not null
);
alter table step_requests add constraint step_requests_pkey PRIMARY KEY (shard, profile_id, id);
CREATE INDEX step_requests_due ON public.step_requests USING btree (due_at);

create table suppressions (
  channel text not null,
  address text not null,
  reason text not null,
  source text not null,
  at bigint not null
);
alter table suppressions add constraint suppressions_pkey PRIMARY KEY (channel, address);

create table task_news (
  n bigint generated always as identity not null,
  task_id text not null,
  profile_id uuid not null,
  message_id text not null,
  name text not null,
  at bigint not null,
  properties jsonb not null
);
alter table task_news add constraint task_news_pkey PRIMARY KEY (n);

create table task_requests (
  shard smallint not null,
  profile_id uuid not null,
  id text not null,
  run_id text not null,
  step text not null,
  journey_id text not null,
  title text not null,
  body text not null,
  assignee text not null,
  task_due_at bigint,
  email boolean not null,
  variables jsonb not null,
  made_at bigint not null
);
alter table task_requests add constraint task_requests_pkey PRIMARY KEY (shard, profile_id, id);
CREATE INDEX task_requests_made ON public.task_requests USING btree (made_at);

create table tasks (
  id text not null,
  profile_id uuid,
  run_id text,
  journey_id text not null,
  step text not null,
  title text not null,
  body text not null,
  assignee text not null,
  created_at bigint not null,
  due_at bigint,
  done_at bigint,
  done_by text,
  dones integer default 0 not null,
  note text,
  problem text
);
alter table tasks add constraint tasks_pkey PRIMARY KEY (id);
CREATE INDEX tasks_done ON public.tasks USING btree (done_at DESC, id DESC) WHERE (done_at IS NOT NULL);
CREATE INDEX tasks_open ON public.tasks USING btree (COALESCE(due_at, '9007199254740991'::bigint), id) WHERE (done_at IS NULL);
CREATE INDEX tasks_person ON public.tasks USING btree (profile_id) WHERE (profile_id IS NOT NULL);

create table timers (
  shard smallint not null,
  profile_id uuid not null,
  due_at bigint not null
) with (fillfactor=70);
alter table timers add constraint timers_pkey PRIMARY KEY (shard, profile_id);
CREATE INDEX timers_due ON public.timers USING btree (shard, due_at);

create table users (
  id uuid not null,
  email text not null,
  password_hash text,
  role text not null,
  created_at timestamp with time zone default now() not null
);
alter table users add constraint users_pkey PRIMARY KEY (id);
alter table users add constraint users_email_key UNIQUE (email);
alter table users add constraint users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])));

create table workers (
  id text not null,
  started_at bigint not null,
  seen_at bigint not null,
  roles text not null
);
alter table workers add constraint workers_pkey PRIMARY KEY (id);

create table workspace (
  id smallint default 1 not null,
  settings jsonb not null,
  definitions_epoch bigint default 0 not null,
  created_at timestamp with time zone default now() not null
);
alter table workspace add constraint workspace_pkey PRIMARY KEY (id);
alter table workspace add constraint workspace_id_check CHECK ((id = 1));

alter table hook_bodies add constraint hook_bodies_hook_id_fkey FOREIGN KEY (hook_id) REFERENCES hooks(id) ON DELETE CASCADE;

alter table import_errors add constraint import_errors_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id) ON DELETE CASCADE;

alter table imports add constraint imports_pull_id_fkey FOREIGN KEY (pull_id) REFERENCES pulls(id) ON DELETE SET NULL;

alter table pull_runs add constraint pull_runs_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id) ON DELETE SET NULL;
alter table pull_runs add constraint pull_runs_pull_id_fkey FOREIGN KEY (pull_id) REFERENCES pulls(id) ON DELETE CASCADE;

alter table pull_taken add constraint pull_taken_pull_id_fkey FOREIGN KEY (pull_id) REFERENCES pulls(id) ON DELETE CASCADE;

alter table sessions add constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table sign_in_links add constraint sign_in_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
