import { AccountError } from './errors.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { ensureApiKey } from './api-keys.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { makeSignInToken } from './sessions.ts'
import { defaultSettings, ensureWorkspace } from './settings.ts'
import type { Sources } from './sources.ts'
import { ensureUser, findUser, storePassword } from './users.ts'

/** What the environment says about the first workspace; all of it optional. */
export interface FirstWorkspace {
  readonly adminEmail?: string
  readonly adminPassword?: string
  readonly writeKey?: string
  readonly apiKey?: string
}

/** Name of the first user when nobody gave an address; they sign in by link. */
const NAMELESS_ADMIN = 'admin@localhost'
const ENVIRONMENT_KEY = 'THROUGHLINE_API_KEY'
// Any number that no other user of the database takes: two servers may start at once.
const LOCK = 0x7468_7773

/**
 * Sets the workspace up, or brings it to what the environment says; run at every start, by every server, it changes
 * nothing the second time. Answers the first source's write key and the admin for whom a sign-in link can be made.
 */
export async function setUpWorkspace(
  pool: Pool,
  sources: Sources,
  given: FirstWorkspace,
  baseUrl: string,
): Promise<{ writeKey: string; adminId: string }> {
  return withTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1::bigint)', [LOCK])
    await ensureWorkspace(client, defaultSettings(baseUrl))
    const adminId = await ensureAdmin(client, given)
    if (given.apiKey !== undefined) await ensureApiKey(client, ENVIRONMENT_KEY, given.apiKey)
    const source = await sources.ensure('web', 'Web shop', given.writeKey)
    return { writeKey: source.writeKey, adminId }
  })
}

async function ensureAdmin(db: Parameters<typeof ensureUser>[0], given: FirstWorkspace): Promise<string> {
  const adminId =
    given.adminEmail === undefined
      ? ((await firstAdmin(db)) ?? (await ensureUser(db, NAMELESS_ADMIN, 'admin')))
      : await ensureUser(db, given.adminEmail, 'admin')
  if (given.adminPassword === undefined) return adminId
  if (given.adminEmail === undefined)
    throw new AccountError(
      'bad-input',
      'password_without_email',
      'THROUGHLINE_ADMIN_PASSWORD is set without THROUGHLINE_ADMIN_EMAIL; set both, or neither and sign in by link.',
      { field: 'THROUGHLINE_ADMIN_EMAIL' },
    )
  const user = await findUser(db, given.adminEmail)
  if (!(await verifyPassword(given.adminPassword, user?.password_hash ?? null)))
    await storePassword(db, adminId, await hashPassword(given.adminPassword), null)
  return adminId
}

async function firstAdmin(db: Parameters<typeof ensureUser>[0]): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(`select id from users where role = 'admin' order by created_at, id limit 1`)
  return rows[0]?.id ?? null
}

/** The path of a fresh one-time sign-in link for this user; the console takes the token from behind the `#`, where no log sees it. */
export async function makeSignInPath(pool: Pool, userId: string): Promise<string> {
  return `/sign-in/link#${await makeSignInToken(pool, userId)}`
}
