import type { FastifyRequest } from 'fastify'
import { IngestError } from './errors.ts'

/** The port through which the accounts domain says which source a write key belongs to. */
export interface SourceFinder {
  /** The id of the source, or null when no source has this key. */
  sourceOfWriteKey(writeKey: string): Promise<string | null>
  /** Is told that a source just sent something. */
  noteEvent(source: string): void
}

/** The write key that came with the request: user name of Basic authorization (RFC 7617), or in the query. */
export function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const space = header.indexOf(' ')
    if (space === 5 && header.slice(0, 5).toLowerCase() === 'basic') {
      const pair = Buffer.from(header.slice(6).trim(), 'base64').toString('utf8')
      const colon = pair.indexOf(':')
      const key = colon === -1 ? pair : pair.slice(0, colon)
      if (key !== '') return key
    }
  }
  const query = request.query as { readonly [name: string]: unknown }
  return typeof query.writeKey === 'string' && query.writeKey !== '' ? query.writeKey : undefined
}

/**
 * The source that a write key belongs to.
 * @throws IngestError `write_key_missing`, `write_key_unknown`
 */
export async function findSource(key: string | undefined, sources: SourceFinder): Promise<string> {
  if (key === undefined || key === '') {
    throw new IngestError('not-signed-in', 'write_key_missing', 'There is no write key. Send it as the user name of Basic authorization, or as "writeKey" in the body; the console shows it under Settings, Sources.', {
      field: 'writeKey', allowed: 'the write key of a source',
    })
  }
  const source = key.length > 200 || key.includes('\u0000') ? null : await sources.sourceOfWriteKey(key)
  if (source === null) {
    throw new IngestError('not-signed-in', 'write_key_unknown', 'No source has this write key; it may have been removed. The console shows the keys under Settings, Sources.', {
      field: 'writeKey', allowed: 'the write key of a source',
    })
  }
  return source
}
