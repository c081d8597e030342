import { slugOf, type List } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { ListError } from './errors.ts'

interface Row {
  [column: string]: unknown
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly created_by: string
  readonly deleted_at: number | null
  readonly members: number
}

// The partial index holds the members and nothing else, so a count reads no more than it.
const SELECT = `
select l.id, l.name, l.created_at, l.created_by, l.deleted_at,
  (select count(*) from list_members m where m.list_id = l.id and m.current and m.member) as members
from lists l`

function toList(row: Row): List {
  const { id, name, members, created_at: createdAt, created_by: createdBy, deleted_at: deletedAt } = row
  return { id, name, members, createdAt, createdBy, deletedAt }
}

/** Lists by name: those that are there, or those that were deleted. */
export async function readLists(db: Db, deleted: boolean): Promise<List[]> {
  const { rows } = await db.query<Row>(`${SELECT} where (l.deleted_at is not null) = $1::boolean order by lower(l.name), l.id`, [deleted])
  return rows.map(toList)
}

/** One list, deleted or not. @throws ListError `list_unknown` */
export async function readList(db: Db, id: string): Promise<List> {
  const { rows } = await db.query<Row>(`${SELECT} where l.id = $1::text`, [id])
  if (rows[0] === undefined) throw unknownList(id)
  return toList(rows[0])
}

/** The name of a list that people may be put into. @throws ListError `list_unknown`, `list_deleted` */
export async function requireList(db: Db, id: string): Promise<{ id: string; name: string }> {
  const { rows } = await db.query<Row>('select id, name, deleted_at from lists where id = $1::text', [id])
  const row = rows[0]
  if (row === undefined) throw unknownList(id)
  if (row.deleted_at !== null)
    throw new ListError('conflict', 'list_deleted', `The list "${row.name}" was deleted. Restore it first, or choose another.`, {
      field: 'list',
      value: id,
    })
  return { id, name: row.name }
}

function unknownList(id: string): ListError {
  return new ListError('not-found', 'list_unknown', `There is no list "${id}". GET /api/lists names those there are.`, {
    field: 'list',
    value: id,
  })
}

/** Makes a list; without an id, one made from the name that no list has or had. @throws ListError `list_name_taken`, `list_id_taken` */
export async function insertList(db: Db, wanted: { name: string; id?: string | undefined }, by: string): Promise<List> {
  const base = wanted.id ?? slugOf(wanted.name, 58, 'list')
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base.slice(0, 58)}-${n}`
    const { rowCount } = await guardName(wanted.name, () =>
      db.query(
        'insert into lists (id, name, created_at, created_by) values ($1::text, $2::text, $3::int8, $4::text) on conflict (id) do nothing',
        [id, wanted.name, Date.now(), by],
      ),
    )
    if (rowCount === 1) return readList(db, id)
    if (wanted.id !== undefined)
      throw new ListError('conflict', 'list_id_taken', `A list has, or had, the id "${id}"; ids are never given twice.`, {
        field: 'id',
        value: id,
        allowed: 'an id that no list ever had',
      })
  }
}

/** @throws ListError `list_unknown`, `list_name_taken` */
export async function renameList(db: Db, id: string, name: string): Promise<List> {
  await requireList(db, id)
  await guardName(name, () => db.query('update lists set name = $2::text where id = $1::text', [id, name]))
  return readList(db, id)
}

/** @throws ListError `list_unknown`, and `list_name_taken` when another list has the name by now */
export async function setDeleted(db: Db, id: string, at: number | null): Promise<List> {
  const { name } = await readList(db, id)
  await guardName(name, () =>
    db.query('update lists set deleted_at = $2::int8 where id = $1::text and (deleted_at is null) <> ($2::int8 is null)', [id, at]),
  )
  return readList(db, id)
}

async function guardName<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Error && 'constraint' in error && error.constraint === 'lists_name')) throw error
    throw new ListError('conflict', 'list_name_taken', `There is a list named "${name}" already.`, {
      field: 'name',
      value: name,
      allowed: 'a name that no other list has',
    })
  }
}

/** Definitions in force that name the list, wherever in their body, and the ad audience whose members it keeps. */
export async function readUsage(db: Db, id: string): Promise<{ kind: string; id: string; name: string }[]> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>(
    `select kind, id, coalesce(body ->> 'name', id) as name
     from (select distinct on (kind, id) kind, id, body from definitions order by kind, id, version desc) d
     where body -> 'archived' is null and jsonb_path_exists(body, '$.**.list ? (@ == $list)', jsonb_build_object('list', $1::text))
     union all select 'ad audience', id, name from ad_audiences where list_id = $1::text and deleted_at is null
     order by kind, name`,
    [id],
  )
  return rows
}
