import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { Logger } from '../../platform/log/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Skeleton } from '../../templates/index.ts'
import { hashOf } from './delta.ts'

const deflated = promisify(deflate)
const inflated = promisify(inflate)

/** How long a skeleton that could not be kept is not tried again, ms. */
const PAUSE_MS = 60_000

/** Keeps what e-mails of a template have in common, so that copies can name it. */
export interface Skeletons {
  /** Whether it stands in the database. One that is new is brought there meanwhile; copies do without it until then. */
  isKept(skeleton: Skeleton): boolean
}

export function makeSkeletons(db: Db, log: Logger): Skeletons {
  // By the hash: templates are compiled anew now and then, and one skeleton is another version's as well.
  const known = new LRUCache<string, 'kept' | { readonly againAt: number }>({ max: 1_000 })
  const kept = new WeakSet<Skeleton>()

  async function keep(key: string, skeleton: Skeleton): Promise<void> {
    try {
      await db.query(
        `insert into message_skeletons (hash, body, created_at)
         values ($1::bytea, $2::bytea, (extract(epoch from clock_timestamp()) * 1000)::bigint) on conflict (hash) do nothing`,
        [hashOf(skeleton), await deflated(skeleton.text)],
      )
      known.set(key, 'kept')
    } catch (error) {
      log.warn({ err: error }, 'what e-mails of a template have in common could not be kept; their copies are kept whole meanwhile')
    }
  }

  return {
    isKept(skeleton) {
      if (kept.has(skeleton)) return true
      const key = hashOf(skeleton).toString('hex')
      const state = known.get(key)
      if (state === 'kept') {
        kept.add(skeleton)
        return true
      }
      if (state === undefined || state.againAt <= Date.now()) {
        known.set(key, { againAt: Date.now() + PAUSE_MS })
        void keep(key, skeleton)
      }
      return false
    },
  }
}

/** @throws Error when there is none of this hash */
export async function readSkeleton(db: Db, hash: Buffer): Promise<string> {
  const { rows } = await db.query<{ body: Buffer }>(`select body from message_skeletons where hash = $1::bytea`, [hash])
  if (rows[0] === undefined) throw new Error(`the skeleton ${hash.toString('hex')} of a message's copy is missing`)
  return (await inflated(rows[0].body)).toString('utf8')
}
