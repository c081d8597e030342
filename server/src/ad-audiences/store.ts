import { listOfAdAudience, slugOf, type AdAudience, type AdAudienceCounts } from '@throughline/contracts'
import { withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { AdAudienceError } from './errors.ts'

/** What an export needs to know of one. */
export type Audience = Pick<AdAudience, 'id' | 'name' | 'platform' | 'segment' | 'list' | 'topic'>

const COLUMNS = `
id, name, platform, segment_id as segment, list_id as list, topic, counts, counted_at as "countedAt", linked_at as "linkedAt",
fetched_at as "fetchedAt", created_at as "createdAt", created_by as "createdBy",
deleted_at as "deletedAt"`

type Row = AdAudience & { readonly [column: string]: unknown }

/** Ad audiences by name: those that are there, or those that were deleted. */
export async function readAudiences(db: Db, deleted: boolean): Promise<AdAudience[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from ad_audiences where (deleted_at is not null) = $1::boolean order by lower(name), id`,
    [deleted],
  )
  return rows
}

/** One that is there. @throws AdAudienceError `audience_unknown` */
export function readAudience(db: Db, id: string): Promise<AdAudience> {
  return find(db, id, false)
}

/** One that is there, or was deleted. @throws AdAudienceError `audience_unknown` */
export function readAudienceOrDeleted(db: Db, id: string): Promise<AdAudience> {
  return find(db, id, true)
}

async function find(db: Db, id: string, deleted: boolean): Promise<AdAudience> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from ad_audiences where id = $1::text and (deleted_at is null or $2::boolean)`, [
    id,
    deleted,
  ])
  if (rows[0] === undefined)
    throw new AdAudienceError(
      'not-found',
      'audience_unknown',
      `There is no ad audience "${id}". GET /api/ad-audiences names those there are.`,
      {
        field: 'id',
        value: id,
      },
    )
  return rows[0]
}

/** The audience that is fetched by a token, or null. */
export async function findByToken(db: Db, id: string, token: Buffer): Promise<AdAudience | null> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from ad_audiences where id = $1::text and token = $2::bytea and deleted_at is null`,
    [id, token],
  )
  return rows[0] ?? null
}

const INSERT = `
insert into ad_audiences (id, name, platform, segment_id, list_id, topic, created_at, created_by)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::text) on conflict (id) do nothing`
// Lists are told apart by name; that of an audience may be taken.
const INSERT_LIST = `
insert into lists (id, name, created_at, created_by)
select $1::text, case when exists (select from lists where lower(name) = lower($2::text) and deleted_at is null) then $2::text || ' (' || $1::text || ')' else $2::text end,
  $3::bigint, $4::text
on conflict do nothing`

/**
 * Makes an audience, and the list of its members where no segment says them; without an id, one made from the name.
 * @throws AdAudienceError `audience_name_taken`, `audience_id_taken`
 */
export async function insertAudience(
  pool: Pool,
  wanted: Pick<AdAudience, 'name' | 'platform' | 'segment' | 'topic'> & { readonly id?: string | undefined },
  by: string,
): Promise<AdAudience> {
  const { name, platform, segment, topic } = wanted
  const base = wanted.id ?? slugOf(name, 50, 'audience')
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`
    const made = await guardName(name, () =>
      withTransaction(pool, async (client) => {
        const now = Date.now()
        const list = segment === null ? listOfAdAudience(id) : null
        const { rowCount } = await client.query(INSERT, [id, name, platform, segment, list, topic, now, by])
        if (rowCount !== 1) return null
        // The list of an audience that was deleted is there still, or a list of the shop's own has its id by chance.
        if (list !== null && (await client.query(INSERT_LIST, [list, `Ad audience ${name}`, now, by])).rowCount !== 1) throw new ListTaken()
        return readAudience(client, id)
      }).catch((error: unknown) => {
        if (error instanceof ListTaken) return null
        throw error
      }),
    )
    if (made !== null) return made
    if (wanted.id !== undefined)
      throw new AdAudienceError(
        'conflict',
        'audience_id_taken',
        `An ad audience has, or had, the id "${id}", or a list "${listOfAdAudience(id)}" is there.`,
        {
          field: 'id',
          value: id,
          allowed: 'an id that no ad audience ever had',
        },
      )
  }
}

class ListTaken extends Error {}

/** @throws AdAudienceError `audience_unknown`, `audience_name_taken` */
export async function updateAudience(db: Db, id: string, { name, topic }: Pick<AdAudience, 'name' | 'topic'>): Promise<AdAudience> {
  await readAudience(db, id)
  await guardName(name, () => db.query('update ad_audiences set name = $2::text, topic = $3::text where id = $1::text', [id, name, topic]))
  return readAudience(db, id)
}

/** Deletes it, and with it the address from which it is fetched. */
export async function deleteAudience(db: Db, id: string, now: number): Promise<void> {
  await db.query('update ad_audiences set deleted_at = $2::bigint, token = null, linked_at = null where id = $1::text', [id, now])
}

/**
 * Brings a deleted one back; one that is there stays as it is.
 * @throws AdAudienceError `audience_unknown`, `audience_name_taken` when another has the name by now, `audience_people_gone` when its segment
 * is not in force or its list was deleted
 */
export async function restoreAudience(db: Db, id: string): Promise<AdAudience> {
  const { rows } = await db.query<{ name: string; segment: string | null; list: string | null; has_segment: boolean; has_list: boolean }>(
    `select name, segment_id as segment, list_id as list,
       coalesce((select d.body -> 'archived' is null from definitions d where d.kind = 'segment' and d.id = a.segment_id order by d.version desc limit 1), false) as has_segment,
       exists (select from lists l where l.id = a.list_id and l.deleted_at is null) as has_list
     from ad_audiences a where id = $1::text`,
    [id],
  )
  const found = rows[0]
  if (found === undefined) return readAudience(db, id)
  const { name, segment, list, has_segment: hasSegment, has_list: hasList } = found
  if (segment === null ? !hasList : !hasSegment)
    throw new AdAudienceError(
      'conflict',
      'audience_people_gone',
      segment === null
        ? `The list "${list}", which keeps the members of "${name}", was deleted. Restore it first.`
        : `The segment "${segment}", whose people "${name}" tells of, is not in force. Publish it again first.`,
      { field: 'id', value: id },
    )
  await guardName(name, () => db.query('update ad_audiences set deleted_at = null where id = $1::text', [id]))
  return readAudience(db, id)
}

/** @param token HMAC of the token; null ends the address */
export async function setToken(db: Db, id: string, token: Buffer | null, now: number): Promise<void> {
  await db.query('update ad_audiences set token = $2::bytea, linked_at = $3::bigint where id = $1::text', [
    id,
    token,
    token === null ? null : now,
  ])
}

/** Notes what an export held, and whether it was a platform that fetched it. */
export async function noteCounts(db: Db, id: string, counts: AdAudienceCounts, now: number, fetched: boolean): Promise<void> {
  await db.query(
    `update ad_audiences set counts = $2::jsonb, counted_at = $3::bigint, fetched_at = case when $4::bool then $3::bigint else fetched_at end where id = $1::text`,
    [id, JSON.stringify(counts), now, fetched],
  )
}

/** Journeys in force that put people into it, or take them out. */
export async function readUsage(db: Db, id: string): Promise<{ kind: string; id: string; name: string }[]> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>(
    `select kind, id, coalesce(body ->> 'name', id) as name
     from (select distinct on (kind, id) kind, id, body from definitions where kind = 'journey' order by kind, id, version desc) d
     where body -> 'archived' is null
       and jsonb_path_exists(body, '$.steps.* ? (@.kind == "ad-audience" && @.audience == $audience)', jsonb_build_object('audience', $1::text)) order by name`,
    [id],
  )
  return rows
}

async function guardName<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Error && 'constraint' in error && error.constraint === 'ad_audiences_name')) throw error
    throw new AdAudienceError('conflict', 'audience_name_taken', `There is an ad audience named "${name}" already.`, {
      field: 'name',
      value: name,
      allowed: 'a name that no other ad audience has',
    })
  }
}
