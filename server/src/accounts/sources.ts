import { ownSource, slugOf } from '@throughline/contracts'
import { LRUCache } from 'lru-cache'
import type { Pool } from '../platform/postgres/index.ts'
import { AccountError } from './errors.ts'
import { hashToken, makeToken } from './tokens.ts'

/** How keys are kept at rest; `platform/secrets` in the program. */
export interface Sealer {
  encrypt(plain: string): Buffer
  decrypt(sealed: Buffer): string
}

export interface Source {
  readonly id: string
  readonly name: string
  readonly writeKey: string
  readonly createdAt: number
  readonly lastEventAt: number | null
}

export interface Sources {
  list(): Promise<Source[]>
  /** Adds a source; its id is made from its name. */
  create(name: string): Promise<Source>
  /** Removes a source. Other servers take its key for at most {@link CACHE_MS} longer. */
  remove(id: string): Promise<void>
  /** Makes sure that the source is there, with this write key when one is given, with one of its own otherwise. */
  ensure(id: string, name: string, writeKey?: string): Promise<Source>
  /** The id of the source that a write key belongs to, or null. Remembered for a short time, known keys and unknown ones. */
  sourceOfWriteKey(writeKey: string): Promise<string | null>
  /** Notes that a source just sent something; written every {@link NOTE_MS} at most. */
  noteEvent(id: string): void
  /** Writes what was noted and stops writing. */
  close(): Promise<void>
}

const CACHE_MS = 5_000
const NOTE_MS = 10_000

interface Row {
  [key: string]: unknown
  readonly id: string
  readonly name: string
  readonly write_key_encrypted: Buffer
  readonly created_at: number
  readonly last_event_at: number | null
}

const COLUMNS = 'id, name, write_key_encrypted, created_at, last_event_at'

export function makeSources(options: { pool: Pool; sealer: Sealer }): Sources {
  const { pool, sealer } = options
  const known = new LRUCache<string, { id: string | null }>({ max: 10_000, ttl: CACHE_MS })
  const heard = new Map<string, number>()
  const timer = setInterval(() => void writeHeard().catch(() => undefined), NOTE_MS)
  timer.unref()

  async function writeHeard(): Promise<void> {
    if (heard.size === 0) return
    const ids = [...heard.keys()]
    const times = [...heard.values()]
    heard.clear()
    await pool.query(
      `update sources set last_event_at = greatest(last_event_at, h.at)
       from unnest($1::text[], $2::bigint[]) as h (id, at) where sources.id = h.id`,
      [ids, times],
    )
  }

  const toSource = (row: Row): Source => ({
    id: row.id,
    name: row.name,
    writeKey: sealer.decrypt(row.write_key_encrypted),
    createdAt: Math.floor(row.created_at),
    lastEventAt: Math.max(row.last_event_at ?? 0, heard.get(row.id) ?? 0) || null,
  })

  return {
    async list() {
      const { rows } = await pool.query<Row>(`select ${COLUMNS} from sources order by created_at, id`)
      return rows.map(toSource)
    },
    async create(name) {
      const key = makeToken('wk_')
      const base = slugOf(name, 60, 'source')
      // Two shops in one name ("Web shop") get ids of their own; the id is what events carry for ever.
      for (let n = base === ownSource ? 2 : 1; ; n++) {
        const id = n === 1 ? base : `${base.slice(0, 56)}-${n}`
        const { rows } = await pool.query<Row>(
          `insert into sources (id, name, write_key_hash, write_key_encrypted) values ($1::text, $2::text, $3::bytea, $4::bytea)
           on conflict (id) do nothing returning ${COLUMNS}`,
          [id, name, hashToken(key), sealer.encrypt(key)],
        )
        if (rows[0]) return toSource(rows[0])
      }
    },
    async remove(id) {
      const { rowCount } = await pool.query('delete from sources where id = $1::text', [id])
      known.clear()
      if (rowCount === 0)
        throw new AccountError('not-found', 'source_unknown', `There is no source "${id}"; it may have been removed already.`, {
          field: 'id',
          value: id,
        })
    },
    async ensure(id, name, writeKey) {
      const key = writeKey ?? makeToken('wk_')
      const taken = await pool.query<{ id: string }>('select id from sources where write_key_hash = $1::bytea and id <> $2::text', [
        hashToken(key),
        id,
      ])
      if (taken.rows[0]) {
        throw new AccountError(
          'conflict',
          'key_taken',
          `This write key belongs to the source "${taken.rows[0].id}" already. Give each source a key of its own.`,
          { field: 'THROUGHLINE_WRITE_KEY' },
        )
      }
      const { rows } = await pool.query<Row>(
        `insert into sources (id, name, write_key_hash, write_key_encrypted) values ($1::text, $2::text, $3::bytea, $4::bytea)
         on conflict (id) do update set
           write_key_hash = case when $5::boolean then excluded.write_key_hash else sources.write_key_hash end,
           write_key_encrypted = case when $5::boolean then excluded.write_key_encrypted else sources.write_key_encrypted end
         returning ${COLUMNS}`,
        [id, name, hashToken(key), sealer.encrypt(key), writeKey !== undefined],
      )
      known.clear()
      return toSource(rows[0]!)
    },
    async sourceOfWriteKey(writeKey) {
      const cached = known.get(writeKey)
      if (cached) return cached.id
      const { rows } = await pool.query<{ id: string }>('select id from sources where write_key_hash = $1::bytea', [hashToken(writeKey)])
      const id = rows[0]?.id ?? null
      known.set(writeKey, { id })
      return id
    },
    noteEvent(id) {
      heard.set(id, Date.now())
    },
    async close() {
      clearInterval(timer)
      await writeHeard().catch(() => undefined)
    },
  }
}
