import type { CallType, Problem } from '@throughline/contracts'
import { v7 } from 'uuid'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { Refusal } from './refusal.ts'

/** An event that was refused, as it is kept for the console. */
export interface Rejected {
  readonly source: string
  readonly name: string | null
  readonly messageId: string | null
  readonly problems: readonly Problem[]
  /** The event as it came, without secrets. */
  readonly raw: string
}

const MAX_RAW = 32 * 1024
const MAX_TEXT = 255

/** Keeps refused events. Texts are cut to what is useful, and made fit for PostgreSQL, which takes no NUL. */
export async function keepRejected(db: Db, rejected: readonly Rejected[], now: number): Promise<void> {
  if (rejected.length === 0) return
  await db.query({
    name: 'accept-rejected',
    text: `insert into rejected_events (id, at, source, name, message_id, problems, raw)
           select id, $2::int8, source, name, message_id, problems, raw
           from unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[]) as r (id, source, name, message_id, problems, raw)`,
    values: [
      binary.uuidArray(rejected.map(() => v7())),
      now,
      binary.textArray(rejected.map(({ source }) => clean(source, MAX_TEXT))),
      binary.textArray(rejected.map(({ name }) => (name === null ? null : clean(name, MAX_TEXT)))),
      binary.textArray(rejected.map(({ messageId }) => (messageId === null ? null : clean(messageId, MAX_TEXT)))),
      binary.jsonbArray(rejected.map(({ problems }) => toJsonb(problems))),
      binary.textArray(rejected.map(({ raw }) => clean(raw, MAX_RAW))),
    ],
  })
}

const secrets = new Set(['writeKey', 'write_key', 'password', 'token', 'authorization', 'apiKey', 'api_key', 'secret'])

/** A refused event in the form in which it is kept: as it came, without secrets. */
export function keepable(source: string, type: CallType | null, value: unknown, refusals: readonly Refusal[]): Rejected {
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [name: string]: unknown }) : {}
  const label = [fields.event, type, fields.type].find((one) => typeof one === 'string' && one !== '')
  return {
    source,
    name: typeof label === 'string' ? label : null,
    messageId: typeof fields.messageId === 'string' ? fields.messageId : null,
    problems: refusals.map(({ problem }) => problem),
    raw: toText(value),
  }
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value, (key, inner: unknown) => (secrets.has(key) ? '[hidden]' : inner)) ?? 'null'
  } catch {
    // Nested deeper than the stack is long.
    return 'too deep to be kept'
  }
}

function clean(text: string, length: number): string {
  // A lone surrogate, which slicing may leave too, becomes U+FFFD on the way through UTF-8.
  return Buffer.from(text.slice(0, length)).toString().replaceAll('\u0000', '\uFFFD')
}

// jsonb refuses what a JSON text may well hold: the escapes of NUL and of lone surrogates.
function toJsonb(problems: readonly Problem[]): string {
  return JSON.stringify(problems, (_, value: unknown) => (typeof value === 'string' ? clean(value, 2_000) : value))
}
