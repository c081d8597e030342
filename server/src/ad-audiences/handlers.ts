import { randomBytes } from 'node:crypto'
import type { AdAudienceCounts } from '@throughline/contracts'
import type { Download, Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import type { Secrets } from '../platform/secrets/index.ts'
import { AdAudienceError } from './errors.ts'
import { writeAudience, type ReadDeps } from './read.ts'
import {
  deleteAudience,
  insertAudience,
  noteCounts,
  readAudience,
  readAudienceOrDeleted,
  readAudiences,
  readUsage,
  restoreAudience,
  setToken,
  updateAudience,
  type Audience,
} from './store.ts'

export interface AdAudienceDeps extends ReadDeps {
  readonly pool: Pool
  readonly secrets: Pick<Secrets, 'hmac'>
}

type AdAudienceRoute =
  | 'adAudiences'
  | 'adAudience'
  | 'createAdAudience'
  | 'setAdAudience'
  | 'deleteAdAudience'
  | 'restoreAdAudience'
  | 'countAdAudience'
  | 'exportAdAudience'
  | 'linkAdAudience'
  | 'unlinkAdAudience'

/** What is kept of a token. */
export function hashToken(secrets: Pick<Secrets, 'hmac'>, token: string): Buffer {
  return secrets.hmac('ad-audience', token)
}

/** The file of an audience; what it held is noted once all of it is written. */
export function fileOf(deps: AdAudienceDeps, audience: Audience, fetched: boolean): Download {
  const note = (counts: AdAudienceCounts): Promise<void> => noteCounts(deps.pool, audience.id, counts, Date.now(), fetched)
  return {
    filename: `${audience.id}-${audience.platform}-${new Date().toISOString().slice(0, 10)}.csv`,
    type: 'text/csv; charset=utf-8',
    content: writeAudience(deps, audience, note),
  }
}

/** Handlers of ad audiences. */
export function makeAdAudienceHandlers(deps: AdAudienceDeps): Handlers<AdAudienceRoute> {
  const { pool, secrets, settings } = deps
  return {
    async adAudiences({ query }) {
      return { items: await readAudiences(pool, query.deleted === 'true') }
    },
    async adAudience({ params }) {
      const [found, usedIn] = await Promise.all([readAudienceOrDeleted(pool, params.id), readUsage(pool, params.id)])
      return { ...found, usedIn }
    },
    async createAdAudience({ body, auth }) {
      if (body.segment !== null) await requireSegment(pool, body.segment)
      return insertAudience(pool, body, auth.name)
    },
    async setAdAudience({ params, body, audit }) {
      const { name, topic } = await readAudience(pool, params.id)
      audit.note({ before: { name, topic }, after: { ...body } })
      return updateAudience(pool, params.id, body)
    },
    async deleteAdAudience({ params }) {
      await readAudience(pool, params.id)
      const used = await readUsage(pool, params.id)
      if (used.length > 0)
        throw new AdAudienceError(
          'conflict',
          'audience_in_use',
          `This ad audience is used in ${used.map(({ name }) => `the journey "${name}"`).join(', ')}. Take it out there first.`,
          { field: 'id', value: params.id, allowed: 'an ad audience that no journey uses' },
        )
      await deleteAudience(pool, params.id, Date.now())
      return { ok: true }
    },
    async restoreAdAudience({ params }) {
      return restoreAudience(pool, params.id)
    },
    async countAdAudience({ params, signal }) {
      const audience = await readAudience(pool, params.id)
      let counts: AdAudienceCounts | null = null
      const lines = writeAudience(deps, audience, async (found) => {
        counts = found
        await noteCounts(pool, audience.id, found, Date.now(), false)
      })
      for await (const _ of lines) signal.throwIfAborted()
      return counts!
    },
    async exportAdAudience({ params, audit }) {
      const audience = await readAudience(pool, params.id)
      audit.note({ after: { platform: audience.platform } })
      return fileOf(deps, audience, false)
    },
    async linkAdAudience({ params }) {
      await readAudience(pool, params.id)
      const token = randomBytes(32).toString('base64url')
      await setToken(pool, params.id, hashToken(secrets, token), Date.now())
      const path = `/ad-audiences/${params.id}/${token}.csv`
      return { path, url: new URL(path, (await settings()).baseUrl).href }
    },
    async unlinkAdAudience({ params }) {
      await readAudience(pool, params.id)
      await setToken(pool, params.id, null, Date.now())
      return { ok: true }
    },
  }
}

async function requireSegment(pool: Pool, id: string): Promise<void> {
  const { rows } = await pool.query<{ found: boolean }>(
    `select body -> 'archived' is null as found from definitions where kind = 'segment' and id = $1::text order by version desc limit 1`,
    [id],
  )
  if (rows[0]?.found !== true)
    throw new AdAudienceError(
      'bad-input',
      'audience_segment_unknown',
      `There is no segment "${id}" in force. GET /api/segments lists them.`,
      {
        field: 'segment',
        value: id,
        allowed: 'a segment in force, or null for members of its own',
      },
    )
}
