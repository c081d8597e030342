import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { binary, type Db } from '../../platform/postgres/index.ts'

/*
 * A file of the archive is JSON lines, one for each person with events on that day:
 *
 *   {"profile": id, "day": "2026-01-31", "events": how many, "sealed": base64}
 *   sealed = nonce (12 bytes) · tag (16) · AES-256-GCM of the raw deflate of the events, one JSON object a line
 *
 * The key is the person's own and stands in the database (`archive_keys`). Files are written once and may lie where nothing
 * can be changed in them; a person is gone from all of them when their key is.
 */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** One line of an archive file. */
export interface SealedBlock {
  readonly profile: string
  readonly day: string
  readonly events: number
  readonly sealed: string
}

export async function seal(profile: string, day: string, lines: readonly string[], key: Buffer): Promise<SealedBlock> {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(`${profile} ${day}`))
  const body = Buffer.concat([cipher.update(await deflate(lines.join('\n'))), cipher.final()])
  return { profile, day, events: lines.length, sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64') }
}

/** The events of a block, as JSON text each. Throws an `Error` when key and block do not belong together. */
export async function open(block: SealedBlock, key: Buffer): Promise<string[]> {
  const bytes = Buffer.from(block.sealed, 'base64')
  const bodyAt = NONCE_BYTES + TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(`${block.profile} ${block.day}`))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, bodyAt))
  const plain = Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()])
  return (await inflate(plain)).toString('utf8').split('\n')
}

/**
 * The keys of these profiles, made where there are none yet; somebody who was forgotten gets none, so that what is being
 * archived at that moment cannot be read later either.
 */
export async function makeKeys(db: Db, profiles: readonly string[]): Promise<Map<string, Buffer>> {
  await db.query(
    `insert into archive_keys (profile_id, key) select n.id, n.key from unnest($1::uuid[], $2::bytea[]) as n (id, key)
     where not exists (select from forgotten_profiles f where f.profile_id = n.id) on conflict (profile_id) do nothing`,
    [binary.uuidArray(profiles), binary.byteaArray(profiles.map(() => randomBytes(32)))],
  )
  return readKeys(db, profiles)
}

/** The keys of those of these profiles that have one. */
export async function readKeys(db: Db, profiles: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ id: string; key: Buffer }>(
    'select profile_id as id, key from archive_keys where profile_id = any($1::uuid[])',
    [binary.uuidArray(profiles)],
  )
  return new Map(rows.map(({ id, key }) => [id, key]))
}
