import type { Role } from '@throughline/contracts'
import { v7 as makeId } from 'uuid'
import type { Db } from '../platform/postgres/index.ts'

export interface UserRow {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly password_hash: string | null
}

/** The user with this e-mail address, whatever its case. */
export async function findUser(db: Db, email: string): Promise<UserRow | null> {
  const { rows } = await db.query<UserRow & { [key: string]: unknown }>(
    'select id, email, role, password_hash from users where email = $1::text',
    [normalizeEmail(email)],
  )
  return rows[0] ?? null
}

/** Adds a user, or gives the one who has this address the role; answers their id. */
export async function ensureUser(db: Db, email: string, role: Role): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into users (id, email, role) values ($1::uuid, $2::text, $3::text)
     on conflict (email) do update set role = excluded.role returning id`,
    [makeId(), normalizeEmail(email), role],
  )
  return rows[0]!.id
}

/** Changes the password and ends every other session of its user: whoever had got in by the old one is out. */
export async function storePassword(db: Db, userId: string, passwordHash: string, keepSession: Buffer | null): Promise<void> {
  await db.query('update users set password_hash = $2::text where id = $1::uuid', [userId, passwordHash])
  await db.query('delete from sessions where user_id = $1::uuid and token_hash is distinct from $2::bytea', [userId, keepSession])
}

function normalizeEmail(email: string): string {
  return email.trim().toLowerCase()
}
