import { shardOf } from '@throughline/contracts'
import { binary, type Db } from '../../platform/postgres/index.ts'
import type { Counts, Sought } from './store.ts'

/** What a statement deletes is counted under the name of its place; each is given the profiles, their shards, and texts. */
interface Place {
  readonly name: string
  readonly sql: string
  readonly values: (sought: Sought) => unknown[]
}

const keys = ({ profiles }: Sought): unknown[] => [binary.int2Array(profiles.map(shardOf)), binary.uuidArray(profiles)]
const ids = ({ profiles }: Sought): unknown[] => [binary.uuidArray(profiles)]
const ofProfiles = (table: string): Place => ({
  name: table,
  sql: `delete from ${table} t using unnest($1::smallint[], $2::uuid[]) as k (shard, profile_id) where t.shard = k.shard and t.profile_id = k.profile_id`,
  values: keys,
})

/*
 * Every place in PostgreSQL that may hold something of a person. A table that is added to the schema and can is added
 * here; server/test/app/forget.test.ts looks through all tables for what should be gone.
 */
const places: readonly Place[] = [
  // The inbox has no index by person: this reads the streams of a shard, which is a 64th of two weeks. What is not taken yet
  // stays, so that no cursor waits for a number that nobody has; it is dropped when its turn comes.
  {
    name: 'inbox',
    sql: `delete from inbox i using shards s
          where s.shard = any($1::smallint[]) and i.shard = s.shard and i.profile_id = any($2::uuid[])
            and i.seq <= case i.lane when 0 then s.live_seq when 1 then s.bulk_seq else s.derived_seq end`,
    values: keys,
  },
  {
    name: 'message_contents',
    sql: `delete from message_contents c using messages m
          where m.shard = any($1::smallint[]) and m.profile_id = any($2::uuid[]) and c.shard = m.shard and c.message_id = m.id`,
    values: keys,
  },
  ...[
    'messages',
    'notifications',
    'runs',
    'timers',
    'profile_refolds',
    'entry_requests',
    'step_requests',
    'coupon_requests',
    'coupon_uses',
    'task_requests',
    'journey_move_runs',
    'campaign_people',
    'consents',
  ].map(ofProfiles),
  {
    name: 'list_members',
    sql: 'delete from list_members where profile_id = any($1::uuid[]) or person = any($1::uuid[])',
    values: ids,
  },
  {
    name: 'form_submissions',
    sql: 'delete from form_submissions where profile_id = any($1::uuid[]) or address = any($2::text[])',
    values: ({ profiles, identifiers }) => [binary.uuidArray(profiles), binary.textArray(identifiers.map(({ value }) => value))],
  },
  {
    name: 'coupon_codes',
    sql: 'update coupon_codes set profile_id = null, run_id = null where profile_id = any($1::uuid[])',
    values: ids,
  },
  // Who did a task and when stays; whom it was about and what was said goes.
  {
    name: 'tasks',
    sql: `update tasks set profile_id = null, run_id = null, title = '', body = '', note = null, problem = null where profile_id = any($1::uuid[])`,
    values: ids,
  },
  {
    name: 'task_news',
    sql: 'delete from task_news where profile_id = any($1::uuid[])',
    values: ids,
  },
  // One that waits has nothing to say any more, and is not sent.
  {
    name: 'staff_mails',
    sql: `update staff_mails set profile_id = null, subject = '', body = '' where profile_id = any($1::uuid[])`,
    values: ids,
  },
  {
    name: 'suppressions',
    sql: 'delete from suppressions where address = any($1::text[])',
    values: ({ identifiers }) => [binary.textArray(identifiers.map(({ value }) => value))],
  },
  {
    name: 'address_changes',
    sql: 'delete from address_changes where address = any($1::text[]) or profile_id = any($2::uuid[])',
    values: ({ profiles, identifiers }) => [binary.textArray(identifiers.map(({ value }) => value)), binary.uuidArray(profiles)],
  },
  {
    name: 'archive_keys',
    sql: 'delete from archive_keys where profile_id = any($1::uuid[])',
    values: ids,
  },
  // What was refused is kept as it came: it is theirs when one of their identifiers stands in it.
  {
    name: 'rejected_events',
    sql: `delete from rejected_events r where exists (select from unnest($1::text[]) as t (pattern)
            where r.raw ~* t.pattern or coalesce(r.message_id, '') ~* t.pattern or r.problems::text ~* t.pattern)`,
    values: (sought) => [binary.textArray(patternsOf(sought))],
  },
  // Bodies of incoming webhooks, kept for a week to be mapped: they name people in ways of their own, so a short id counts wherever
  // it stands by itself, in what was refused of them too. To delete what was another's is the smaller sin here as well.
  {
    name: 'hook_bodies',
    sql: `delete from hook_bodies b where exists (select from unnest($1::text[]) as t (pattern)
            where b.body ~* t.pattern or coalesce(b.note, '') ~* t.pattern)`,
    values: (sought) => [binary.textArray(wordsOf(sought))],
  },
  {
    name: 'rejected_events',
    sql: `delete from rejected_events r where r.source like 'hook-%' and exists (select from unnest($1::text[]) as t (pattern)
            where r.raw ~* t.pattern or r.problems::text ~* t.pattern)`,
    values: (sought) => [binary.textArray(wordsOf(sought))],
  },
  // Values of rows that an import refused.
  {
    name: 'import_errors',
    sql: `delete from import_errors e where lower(e.value) = any($1::text[])
            or exists (select from unnest($2::text[]) as t (pattern) where e.value ~* t.pattern)`,
    values: ({ identifiers }) => [
      binary.textArray(identifiers.map(({ value }) => value.toLowerCase())),
      binary.textArray(identifiers.filter(isTelling).map(({ value }) => wholeWord(value))),
    ],
  },
  // Who acted on them and when stays; what was said of them goes.
  {
    name: 'audit_log',
    sql: `update audit_log a set before = null, after = null
          where (a.before is not null or a.after is not null) and (a.subject = any($1::text[])
            or exists (select from unnest($2::text[]) as t (pattern) where coalesce(a.before::text, '') ~* t.pattern or coalesce(a.after::text, '') ~* t.pattern))`,
    values: (sought) => [binary.textArray([...sought.profiles]), binary.textArray(patternsOf(sought))],
  },
  // Names that clients gave to events; some shops make them of the address.
  {
    name: 'seen',
    sql: `delete from seen s where exists (select from unnest($1::text[]) as t (pattern) where s.message_id ~* t.pattern)`,
    values: ({ identifiers }) => [binary.textArray(identifiers.filter(isTelling).map(({ value }) => wholeWord(value)))],
  },
]

/** Whether a value says who it is wherever it stands; a short id such as 42 stands in many texts. */
function isTelling({ kind, value }: Sought['identifiers'][number]): boolean {
  return kind === 'email' || kind === 'phone' || value.length >= 16
}

/**
 * A value by itself, not as the end of another: an@shop.example is not susan@shop.example. A dash or a line may stand before it, since
 * shops put addresses together into names so; of two sins, to delete what was another's is the smaller one here.
 */
function wholeWord(value: string): string {
  return `(^|[^[:alnum:].%+])${escapePattern(value)}(?!\\.?[[:alnum:]_%+@-])`
}

// Names of the fields in which calls, identifiers and our own routes name a person. A short id stands in many texts besides.
const NAMING = 'user_?id|anonymous_?id|previous_?id|identifier|external_?id'

/** Patterns (POSIX, without regard to case) of how a person is named in a JSON text, and in one that is a text inside another. */
function patternsOf({ profiles, identifiers }: Sought): string[] {
  const short = identifiers.filter((one) => !isTelling(one)).map(({ value }) => escapePattern(JSON.stringify(value).slice(1, -1)))
  return [
    ...identifiers.filter(isTelling).map(({ value }) => wholeWord(value)),
    ...profiles.map(wholeWord),
    ...short.map((value) => `"(${NAMING})\\\\?"\\s*:\\s*\\\\?"${value}\\\\?"`),
  ]
}

/** Patterns of everything by which a person is known, also short ids, wherever it stands by itself. */
function wordsOf({ profiles, identifiers }: Sought): string[] {
  const phones = identifiers.flatMap(({ kind, value }) => (kind === 'phone' ? digitsOf(value) : []))
  return [...[...identifiers.map(({ value }) => value), ...profiles].map(wholeWord), ...phones]
}

/** A phone number however it is written: its last nine digits, with blanks and signs between them. */
function digitsOf(phone: string): string {
  const digits = phone.replace(/\D/g, '').slice(-9)
  return `${[...digits].join('[^[:alnum:]]{0,3}')}(?![0-9])`
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Deletes what PostgreSQL holds of people who were forgotten, in the caller's transaction; a second time finds what came in between. */
export async function sweep(db: Db, sought: Sought): Promise<Counts> {
  const counts: Record<string, number> = {}
  for (const { name, sql, values } of places) counts[name] = (counts[name] ?? 0) + ((await db.query(sql, values(sought))).rowCount ?? 0)
  return counts
}

/**
 * Forgets that files said these things. What files say is remembered under one day that never passes, 0.
 * @param events ids of events, `source:message id`
 */
export async function forgetImported(db: Db, events: readonly string[]): Promise<number> {
  const names = events.map((id) => [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)] as const)
  const { rowCount } = await db.query(
    `delete from seen s using unnest($1::text[], $2::text[]) as k (source, message_id)
     where s.day = 0 and s.source = k.source and s.message_id = k.message_id`,
    [binary.textArray(names.map(([source]) => source)), binary.textArray(names.map(([, messageId]) => messageId))],
  )
  return rowCount ?? 0
}

/** The name of an uploaded file that was there at an instant and has not been looked through since; null when there is none. */
export async function findUnsearchedFile(db: Db, since: number): Promise<string | null> {
  const { rows } = await db.query<{ name: string }>(
    'select name from imports where has_file and created_at <= $1::bigint and searched_at < $1::bigint order by created_at limit 1',
    [since],
  )
  return rows[0]?.name ?? null
}
