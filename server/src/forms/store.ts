import { slugOf, type Form, type FormBody } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { FormError } from './errors.ts'

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly name: string
  readonly body: Omit<FormBody, 'name'>
  readonly created_at: number
  readonly created_by: string
  readonly deleted_at: number | null
  readonly submissions: number
  readonly lately: number
  readonly asked: number
  readonly confirmed: number
  readonly last_at: number | null
}

const LATELY_MS = 30 * 86_400_000

// The submissions of each form are read once for all figures.
const SELECT = `
select f.*, s.submissions, s.lately, s.asked, s.confirmed, s.last_at
from forms f cross join lateral (
  select count(*) as submissions, count(*) filter (where at > (extract(epoch from clock_timestamp()) * 1000)::bigint - ${LATELY_MS}) as lately,
    count(expires_at) as asked, count(confirmed_at) as confirmed, max(at) as last_at
  from form_submissions s where s.form_id = f.id) s`

function toForm({ id, name, body, submissions, lately, asked, confirmed, ...row }: Row): Form {
  return {
    id,
    name,
    ...body,
    submissions,
    lately,
    asked,
    confirmed,
    lastAt: row.last_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
    deletedAt: row.deleted_at,
  }
}

/** What an author has said of a form, of everything that is known of it. */
export function bodyOf({ name, fields, consents, confirmation, thanks, redirect }: FormBody): FormBody {
  return { name, fields, consents, confirmation, thanks, redirect }
}

/** Forms by name: those that are there, or those that were deleted. */
export async function readForms(db: Db, deleted: boolean): Promise<Form[]> {
  const { rows } = await db.query<Row>(`${SELECT} where (f.deleted_at is not null) = $1::boolean order by lower(f.name), f.id`, [deleted])
  return rows.map(toForm)
}

/** One form, deleted or not. @throws FormError `form_unknown` */
export async function readForm(db: Db, id: string): Promise<Form> {
  const { rows } = await db.query<Row>(`${SELECT} where f.id = $1::text`, [id])
  if (rows[0] === undefined) throw unknownForm(id)
  return toForm(rows[0])
}

/** What a form that takes submissions asks for; null where there is none. */
export async function findForm(db: Db, id: string): Promise<FormBody | null> {
  const { rows } = await db.query<{ name: string; body: Omit<FormBody, 'name'> }>(
    'select name, body from forms where id = $1::text and deleted_at is null',
    [id],
  )
  return rows[0] === undefined ? null : { name: rows[0].name, ...rows[0].body }
}

/** That there is no such form, for those who work with them and for pages that hold its old id. */
export function unknownForm(id: string): FormError {
  return new FormError('not-found', 'form_unknown', `There is no form "${id}". GET /api/forms and the page Forms name those there are.`, {
    field: 'id',
    value: id,
  })
}

const INSERT = `
insert into forms (id, name, body, created_at, created_by)
values ($1::text, $2::text, $3::jsonb, $4::int8, $5::text) on conflict (id) do nothing`

/** Makes a form; without an id, one made from the name that no form has or had. @throws FormError `form_name_taken`, `form_id_taken` */
export async function insertForm(db: Db, wanted: FormBody & { readonly id?: string | undefined }, by: string): Promise<Form> {
  const { name, ...body } = bodyOf(wanted)
  const base = wanted.id ?? slugOf(name, 58, 'form')
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base.slice(0, 58)}-${n}`
    const { rowCount } = await guardName(name, () => db.query(INSERT, [id, name, JSON.stringify(body), Date.now(), by]))
    if (rowCount === 1) return readForm(db, id)
    if (wanted.id !== undefined)
      throw new FormError('conflict', 'form_id_taken', `A form has, or had, the id "${id}"; ids are never given twice.`, {
        field: 'id',
        value: id,
        allowed: 'an id that no form ever had',
      })
  }
}

/** @throws FormError `form_deleted`, `form_name_taken`, and `form_unknown` */
export async function updateForm(db: Db, id: string, wanted: FormBody): Promise<Form> {
  const { name, ...body } = bodyOf(wanted)
  const { rowCount } = await guardName(name, () =>
    db.query('update forms set name = $2::text, body = $3::jsonb where id = $1::text and deleted_at is null', [
      id,
      name,
      JSON.stringify(body),
    ]),
  )
  const form = await readForm(db, id)
  if (rowCount === 0)
    throw new FormError('conflict', 'form_deleted', `The form "${form.name}" was deleted. Restore it first.`, { field: 'id', value: id })
  return form
}

/** @throws FormError `form_unknown`, and `form_name_taken` when another form has the name by now */
export async function setDeleted(db: Db, id: string, at: number | null): Promise<Form> {
  const { name } = await readForm(db, id)
  await guardName(name, () =>
    db.query('update forms set deleted_at = $2::int8 where id = $1::text and (deleted_at is null) <> ($2::int8 is null)', [id, at]),
  )
  return readForm(db, id)
}

async function guardName<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Error && 'constraint' in error && error.constraint === 'forms_name')) throw error
    throw new FormError('conflict', 'form_name_taken', `There is a form named "${name}" already.`, {
      field: 'name',
      value: name,
      allowed: 'a name that no other form has',
    })
  }
}

const USAGE = `
select kind, id, coalesce(body ->> 'name', id) as name
from (select distinct on (kind, id) kind, id, body from definitions order by kind, id, version desc) d
where body -> 'archived' is null and jsonb_path_exists(body, '$.**.form ? (@ == $form)', jsonb_build_object('form', $1::text)) order by kind, name`

/** Definitions in force that name the form as what starts them. */
export async function readUsage(db: Db, id: string): Promise<{ kind: string; id: string; name: string }[]> {
  return (await db.query<{ kind: string; id: string; name: string }>(USAGE, [id])).rows
}
