import type { Role } from '@throughline/contracts'
import { v7 as makeId } from 'uuid'
import type { Caller } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { AccountError } from './errors.ts'
import { hashToken, makeToken } from './tokens.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** The beginning of the key, by which its owner recognises it. */
  readonly prefix: string
  readonly createdAt: number
}

interface Row {
  [key: string]: unknown
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly prefix: string
  readonly created_at: number
}

const COLUMNS = 'id, name, role, prefix, created_at'

export async function listApiKeys(db: Db): Promise<ApiKey[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from api_keys order by created_at, id`)
  return rows.map(toApiKey)
}

/**
 * Adds a key. It is handed out here once; only its hash stays.
 * @param made `madeBy`: the account that answers for what is done with it; null: none is known
 */
export async function createApiKey(
  db: Db,
  { name, role, madeBy }: { readonly name: string; readonly role: Role; readonly madeBy: string | null },
  key: string = makeToken('tl_'),
): Promise<ApiKey & { key: string }> {
  const { rows } = await db.query<Row>(
    `insert into api_keys (id, name, role, prefix, key_hash, made_by) values ($1::uuid, $2::text, $3::text, $4::text, $5::bytea, $6::text) returning ${COLUMNS}`,
    [makeId(), name, role, prefixOf(key), hashToken(key), madeBy],
  )
  return { ...toApiKey(rows[0]!), key }
}

/** Removes a key and answers what it was. Throws `api_key_unknown`. */
export async function deleteApiKey(db: Db, id: string): Promise<{ readonly name: string; readonly role: Role }> {
  const { rows } = await db.query<{ name: string; role: Role }>('delete from api_keys where id::text = $1::text returning name, role', [id])
  const [removed] = rows
  if (removed === undefined)
    throw new AccountError('not-found', 'api_key_unknown', `There is no API key "${id}"; it may have been removed already.`, {
      field: 'id',
      value: id,
    })
  return removed
}

/** The bearer of an API key, or null when there is no such key. */
export async function callerOfApiKey(db: Db, key: string): Promise<Caller | null> {
  const { rows } = await db.query<{ id: string; name: string; role: Role; madeBy: string | null }>(
    'select id, name, role, made_by as "madeBy" from api_keys where key_hash = $1::bytea',
    [hashToken(key)],
  )
  const found = rows[0]
  return found ? { kind: 'api-key', ...found } : null
}

/** Makes sure that a key given from outside works, with the role of an admin; one given earlier under the same name stops. */
export async function ensureApiKey(db: Db, name: string, key: string): Promise<void> {
  await db.query('delete from api_keys where name = $1::text and key_hash <> $2::bytea', [name, hashToken(key)])
  await db.query(
    `insert into api_keys (id, name, role, prefix, key_hash) values ($1::uuid, $2::text, 'admin', $3::text, $4::bytea) on conflict (key_hash) do nothing`,
    [makeId(), name, prefixOf(key), hashToken(key)],
  )
}

function prefixOf(key: string): string {
  return key.slice(0, Math.min(8, Math.floor(key.length / 4)))
}

function toApiKey(row: Row): ApiKey {
  return { id: row.id, name: row.name, role: row.role, prefix: row.prefix, createdAt: Math.floor(row.created_at) }
}
