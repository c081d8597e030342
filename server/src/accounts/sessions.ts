import type { Role } from '@throughline/contracts'
import type { Caller } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { hashToken, makeToken } from './tokens.ts'

const SESSION_DAYS = 30
/** How long a one-time link works, in minutes. */
export const LINK_MINUTES = 30

export interface Session {
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Opens a session for a user; only the hash of its token is stored. */
export async function openSession(db: Db, userId: string): Promise<Session> {
  const token = makeToken()
  const expiresAt = Date.now() + SESSION_DAYS * 86_400_000
  await db.query('insert into sessions (token_hash, user_id, expires_at) values ($1::bytea, $2::uuid, to_timestamp($3::bigint / 1000.0))', [
    hashToken(token),
    userId,
    expiresAt,
  ])
  return { token, expiresAt }
}

export async function endSession(db: Db, token: string): Promise<void> {
  await db.query('delete from sessions where token_hash = $1::bytea or expires_at < now()', [hashToken(token)])
}

/** Who a session belongs to, or null when it is unknown or over. */
export async function callerOfSession(db: Db, token: string): Promise<Caller | null> {
  const { rows } = await db.query<{ id: string; email: string; role: Role }>(
    `select u.id, u.email, u.role from sessions s join users u on u.id = s.user_id
     where s.token_hash = $1::bytea and s.expires_at > now()`,
    [hashToken(token)],
  )
  const user = rows[0]
  return user ? { kind: 'user', id: user.id, name: user.email, role: user.role } : null
}

/** Makes a one-time sign-in link's token for a user; it works once, within {@link LINK_MINUTES}. */
export async function makeSignInToken(db: Db, userId: string): Promise<string> {
  const token = makeToken()
  await db.query(
    `insert into sign_in_links (token_hash, user_id, expires_at) values ($1::bytea, $2::uuid, now() + make_interval(mins => $3::int))`,
    [hashToken(token), userId, LINK_MINUTES],
  )
  return token
}

/** The user a one-time link belongs to, used up by this very statement, so that of two who come at once only one gets in. */
export async function useSignInToken(db: Db, token: string): Promise<string | null> {
  const { rows } = await db.query<{ user_id: string }>(
    'update sign_in_links set used_at = now() where token_hash = $1::bytea and used_at is null and expires_at > now() returning user_id',
    [hashToken(token)],
  )
  await db.query(`delete from sign_in_links where expires_at < now() - interval '1 day'`)
  return rows[0]?.user_id ?? null
}
