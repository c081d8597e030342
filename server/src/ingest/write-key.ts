import { IngestError } from './errors.ts'

/** The port through which the accounts domain says which source a write key belongs to. */
export interface SourceFinder {
  /** The id of the source, or null when no source has this key. */
  sourceOfWriteKey(writeKey: string): Promise<string | null>
  /** Is told that a source just sent something. */
  noteEvent(source: string): void
}

/** The write key that came with a request: user name of Basic authorization (RFC 7617), or `?writeKey=` in the address. */
export function keyIn(authorization: string | undefined, url: string): string | undefined {
  if (authorization !== undefined && /^basic /i.test(authorization)) {
    const pair = Buffer.from(authorization.slice(6).trim(), 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    const key = colon === -1 ? pair : pair.slice(0, colon)
    if (key !== '') return key
  }
  const query = url.indexOf('?')
  const key = query === -1 ? null : new URLSearchParams(url.slice(query + 1)).get('writeKey')
  return key === null || key === '' ? undefined : key
}

/**
 * The source that a write key belongs to.
 * @throws IngestError `write_key_missing`, `write_key_unknown`
 */
export async function findSource(key: string | undefined, sources: SourceFinder): Promise<string> {
  if (key === undefined || key === '') {
    throw new IngestError(
      'not-signed-in',
      'write_key_missing',
      'There is no write key. Send it as the user name of Basic authorization, or as "writeKey" in the body; the console shows it under Settings, Sources.',
      {
        field: 'writeKey',
        allowed: 'the write key of a source',
      },
    )
  }
  const source = key.length > 200 || key.includes('\u0000') ? null : await sources.sourceOfWriteKey(key)
  if (source === null) {
    throw new IngestError(
      'not-signed-in',
      'write_key_unknown',
      'No source has this write key; it may have been removed. The console shows the keys under Settings, Sources.',
      {
        field: 'writeKey',
        allowed: 'the write key of a source',
      },
    )
  }
  return source
}
