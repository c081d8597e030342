import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { answerFailure } from '../platform/http/index.ts'
import { AdAudienceError } from './errors.ts'
import { fileOf, hashToken, type AdAudienceDeps } from './handlers.ts'
import { findByToken } from './store.ts'

/** When a platform that fetches the same file twice at once is asked to come again, seconds. */
const AGAIN_SECONDS = 60

/**
 * Registers `GET /ad-audiences/:id/:token.csv`, from which ad platforms fetch audiences again and again. Open to whoever has the address, which
 * its page ends or makes anew; a wrong one is answered as one that never was. One audience is read once at a time.
 */
export async function registerAdAudienceRoutes(app: FastifyInstance, deps: AdAudienceDeps): Promise<void> {
  const reading = new Set<string>()
  await app.register(async (scope) => {
    scope.setErrorHandler(answerFailure)
    scope.get('/ad-audiences/:id/:token', async (request, reply) => {
      const { id, token } = request.params as { readonly id: string; readonly token: string }
      const audience = await findByToken(deps.pool, id, hashToken(deps.secrets, token.replace(/\.csv$/, '')))
      if (audience === null)
        throw new AdAudienceError('not-found', 'audience_unknown', 'No ad audience is fetched from this address, or not any more.')
      if (reading.has(audience.id)) {
        void reply.header('retry-after', String(AGAIN_SECONDS))
        throw new AdAudienceError('unavailable', 'audience_busy', 'This ad audience is being fetched just now. Fetch it again in a minute.')
      }
      const { filename, type, content } = fileOf(deps, audience, true)
      if (request.method === 'HEAD') return reply.type(type!).send()
      reading.add(audience.id)
      const lines = Readable.from(content, { objectMode: false })
      // Also where whoever fetched it hung up before the first line.
      lines.once('close', () => reading.delete(audience.id))
      return reply
        .header('cache-control', 'no-store')
        .header('x-robots-tag', 'noindex')
        .header('content-disposition', `attachment; filename="${filename}"`)
        .type(type!)
        .send(lines)
    })
  })
}
