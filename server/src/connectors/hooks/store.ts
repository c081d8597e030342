import type { Hook, HookBody, HookIdentity, HookKind, HookSignature, HookState, ImportMapping } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { ConnectorError } from '../errors.ts'

export interface StoredHook {
  readonly id: string
  readonly name: string
  readonly source: string
  readonly kind: HookKind
  readonly token: Buffer
  readonly signature: HookSignature | null
  readonly secret: Buffer | null
  readonly items: string
  readonly identity: HookIdentity
  readonly mapping: ImportMapping | null
  readonly state: HookState
  readonly lastAt: number | null
  readonly createdAt: number
  readonly createdBy: string
}

const COLUMNS = `id, name, source, kind, token_sealed as token, signature, secret_sealed as secret, items, identity, mapping, state,
  last_at as "lastAt", created_at as "createdAt", created_by as "createdBy"`

type Row = StoredHook & { [column: string]: unknown }

/** A hook as the API shows it. @param token opened; null when it cannot be @param needsSecret whether its secret cannot be */
export function toHook(hook: StoredHook, token: string | null, needsSecret: boolean): Hook {
  const { id, name, source, kind, signature, secret, items, identity, mapping, state, lastAt, createdAt, createdBy } = hook
  const hasSecret = secret !== null
  return {
    id,
    name,
    source,
    kind,
    path: token === null ? '' : `/hooks/${id}/${token}`,
    signature,
    hasSecret,
    needsSecret,
    items,
    identity,
    mapping,
    state,
    lastAt,
    createdAt,
    createdBy,
  }
}

export async function readHooks(db: Db): Promise<StoredHook[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from hooks order by lower(name), id limit 1000`)
  return rows
}

export async function findHook(db: Db, id: string): Promise<StoredHook | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from hooks where id::text = $1::text`, [id.toLowerCase()])
  return rows[0] ?? null
}

/** @throws ConnectorError `hook_unknown` */
export async function readHook(db: Db, id: string): Promise<StoredHook> {
  const found = await findHook(db, id)
  if (found !== null) return found
  throw new ConnectorError('not-found', 'hook_unknown', `There is no incoming webhook "${id}". GET /api/hooks lists those there are.`, {
    field: 'id',
    value: id,
  })
}

export async function insertHook(
  db: Db,
  made: Pick<StoredHook, 'id' | 'name' | 'source' | 'kind' | 'token' | 'signature' | 'secret' | 'createdBy'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into hooks (id, name, source, kind, token_sealed, signature, secret_sealed, items, identity, state, created_at, created_by)
     values ($1::uuid, $2::text, $3::text, $4::text, $5::bytea, $6::jsonb, $7::bytea, '', '{"kind":"content"}', 'listening', $8::int8, $9::text)
     on conflict (source) do nothing`,
    [
      made.id,
      made.name,
      made.source,
      made.kind,
      made.token,
      made.signature === null ? null : JSON.stringify(made.signature),
      made.secret,
      Date.now(),
      made.createdBy,
    ],
  )
  return rowCount === 1
}

export async function updateHook(db: Db, id: string, to: Pick<StoredHook, 'name' | 'signature' | 'secret'>): Promise<void> {
  await db.query('update hooks set name = $2::text, signature = $3::jsonb, secret_sealed = $4::bytea where id = $1::uuid', [
    id,
    to.name,
    to.signature === null ? null : JSON.stringify(to.signature),
    to.secret,
  ])
}

export async function setToken(db: Db, id: string, token: Buffer): Promise<void> {
  await db.query('update hooks set token_sealed = $2::bytea where id = $1::uuid', [id, token])
}

export async function setMapping(db: Db, id: string, to: { items: string; identity: HookIdentity; mapping: ImportMapping }): Promise<void> {
  await db.query('update hooks set items = $2::text, identity = $3::jsonb, mapping = $4::jsonb where id = $1::uuid', [
    id,
    to.items,
    JSON.stringify(to.identity),
    JSON.stringify(to.mapping),
  ])
}

export async function setState(db: Db, id: string, state: HookState): Promise<void> {
  await db.query('update hooks set state = $2::text where id = $1::uuid', [id, state])
}

export async function deleteHook(db: Db, id: string): Promise<void> {
  await db.query('delete from hooks where id = $1::uuid', [id])
}

const KEPT = 20
/** How long a body is kept, ms: a week. */
const KEPT_MS = 7 * 86_400_000

/** Keeps a body as the latest; those behind the latest twenty go. */
export async function keepBody(db: Db, hook: string, { id, at, outcome, note, body }: HookBody): Promise<void> {
  await db.query(
    `with kept as (
       insert into hook_bodies (hook_id, id, at, outcome, note, body) values ($1::uuid, $2::uuid, $3::int8, $4::text, $5::text, $6::text) on conflict do nothing
     ), heard as (update hooks set last_at = $3::int8 where id = $1::uuid)
     delete from hook_bodies where hook_id = $1::uuid and id in (select id from hook_bodies where hook_id = $1::uuid order by id desc offset $7::int)`,
    [hook, id, at, outcome, note, body, KEPT - 1],
  )
}

export async function readBodies(db: Db, hook: string, now: number): Promise<HookBody[]> {
  const { rows } = await db.query<HookBody & { [column: string]: unknown }>(
    'select id, at, outcome, note, body from hook_bodies where hook_id = $1::uuid and at > $2::int8 order by id desc limit $3::int',
    [hook, now - KEPT_MS, KEPT],
  )
  return rows
}

export async function dropOldBodies(db: Db, now: number): Promise<void> {
  await db.query('delete from hook_bodies where at <= $1::int8', [now - KEPT_MS])
}
