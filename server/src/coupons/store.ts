import { slugOf, type CouponPool } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'
import { CouponError } from './errors.ts'

/** What is said of a pool besides its codes. */
export interface PoolFields {
  readonly name: string
  readonly value: string
  readonly expires: string | null
  readonly alertAt: number | null
  readonly alertTo: readonly string[]
}

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly name: string
  readonly value: string
  readonly expires_on: string | null
  readonly alert_at: number | null
  readonly alert_to: string[]
  readonly low_since: number | null
  readonly created_at: number
  readonly created_by: string
  readonly deleted_at: number | null
  readonly free: number
  readonly given: number
  readonly redeemed: number
  readonly unreadable: number
}

const SELECT = `
select p.*, coalesce(a.addresses, '{}') as alert_to,
  coalesce(c.free, 0) as free, coalesce(c.given, 0) as given, coalesce(c.redeemed, 0) as redeemed, coalesce(c.unreadable, 0) as unreadable
from coupon_pools p left join coupon_pool_alerts a on a.pool_id = p.id left join coupon_pool_counts c on c.pool_id = p.id`

function toPool(row: Row): CouponPool {
  const { id, name, value, free, given, redeemed, unreadable } = row
  return {
    id,
    name,
    value,
    expires: row.expires_on,
    alertAt: row.alert_at,
    alertTo: row.alert_to,
    lowSince: row.low_since,
    free,
    given,
    redeemed,
    unreadable,
    createdAt: row.created_at,
    createdBy: row.created_by,
    deletedAt: row.deleted_at,
  }
}

/** Pools by name: those that are there, or those that were deleted. */
export async function readPools(db: Db, deleted: boolean): Promise<CouponPool[]> {
  const { rows } = await db.query<Row>(`${SELECT} where (p.deleted_at is not null) = $1::boolean order by lower(p.name), p.id`, [deleted])
  return rows.map(toPool)
}

/** One pool, deleted or not. @throws CouponError `pool_unknown` */
export async function readPool(db: Db, id: string): Promise<CouponPool> {
  const { rows } = await db.query<Row>(`${SELECT} where p.id = $1::text`, [id])
  if (rows[0] === undefined) throw unknownPool(id)
  return toPool(rows[0])
}

/** Checks that a pool may be changed. @throws CouponError `pool_unknown`, `pool_deleted` */
export async function requirePool(db: Db, id: string): Promise<void> {
  const { rows } = await db.query<{ name: string; deleted_at: number | null }>(
    'select name, deleted_at from coupon_pools where id = $1::text',
    [id],
  )
  const row = rows[0]
  if (row === undefined) throw unknownPool(id)
  if (row.deleted_at !== null)
    throw new CouponError('conflict', 'pool_deleted', `The pool "${row.name}" was deleted. Restore it first, or choose another.`, {
      field: 'id',
      value: id,
    })
}

function unknownPool(id: string): CouponError {
  return new CouponError('not-found', 'pool_unknown', `There is no pool of codes "${id}". GET /api/coupon-pools names those there are.`, {
    field: 'id',
    value: id,
  })
}

const INSERT = `
with made as (
  insert into coupon_pools (id, name, value, expires_on, alert_at, created_at, created_by)
  values ($1::text, $2::text, $3::text, $4::text, $5::int, $6::int8, $7::text) on conflict (id) do nothing returning id
)
insert into coupon_pool_alerts (pool_id, addresses) select id, $8::text[] from made`

/** Makes a pool; without an id, one made from the name that no pool has or had. @throws CouponError `pool_name_taken`, `pool_id_taken` */
export async function insertPool(db: Db, wanted: PoolFields & { readonly id?: string | undefined }, by: string): Promise<CouponPool> {
  const { name, value, expires, alertAt, alertTo } = wanted
  const base = wanted.id ?? slugOf(name, 58, 'pool')
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base.slice(0, 58)}-${n}`
    const { rowCount } = await guardName(name, () =>
      db.query(INSERT, [id, name, value, expires, alertAt, Date.now(), by, binary.textArray([...alertTo])]),
    )
    if (rowCount === 1) return readPool(db, id)
    if (wanted.id !== undefined)
      throw new CouponError('conflict', 'pool_id_taken', `A pool of codes has, or had, the id "${id}"; ids are never given twice.`, {
        field: 'id',
        value: id,
        allowed: 'an id that no pool ever had',
      })
  }
}

const UPDATE = `
with changed as (
  update coupon_pools set name = $2::text, value = $3::text, expires_on = $4::text, alert_at = $5::int
  where id = $1::text and deleted_at is null returning id
)
insert into coupon_pool_alerts (pool_id, addresses) select id, $6::text[] from changed
on conflict (pool_id) do update set addresses = excluded.addresses`

/** @throws CouponError `pool_unknown`, `pool_deleted`, `pool_name_taken` */
export async function updatePool(db: Db, id: string, { name, value, expires, alertAt, alertTo }: PoolFields): Promise<void> {
  await requirePool(db, id)
  await guardName(name, () => db.query(UPDATE, [id, name, value, expires, alertAt, binary.textArray([...alertTo])]))
}

/** @throws CouponError `pool_unknown`, and `pool_name_taken` when another pool has the name by now */
export async function setDeleted(db: Db, id: string, at: number | null): Promise<CouponPool> {
  const { name } = await readPool(db, id)
  await guardName(name, () =>
    db.query('update coupon_pools set deleted_at = $2::int8 where id = $1::text and (deleted_at is null) <> ($2::int8 is null)', [id, at]),
  )
  return readPool(db, id)
}

async function guardName<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Error && 'constraint' in error && error.constraint === 'coupon_pools_name')) throw error
    throw new CouponError('conflict', 'pool_name_taken', `There is a pool of codes named "${name}" already.`, {
      field: 'name',
      value: name,
      allowed: 'a name that no other pool has',
    })
  }
}

/** Definitions in force that name the pool, wherever in their body. */
export async function readUsage(db: Db, id: string): Promise<{ kind: string; id: string; name: string }[]> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>(
    `select kind, id, coalesce(body ->> 'name', id) as name
     from (select distinct on (kind, id) kind, id, body from definitions order by kind, id, version desc) d
     where body -> 'archived' is null and jsonb_path_exists(body, '$.**.pool ? (@ == $pool)', jsonb_build_object('pool', $1::text)) order by kind, name`,
    [id],
  )
  return rows
}
