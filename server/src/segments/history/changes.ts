import { eventNames } from '@throughline/contracts'
import type { SqlQuery } from '@throughline/engine'
import type { Asker } from '../ask.ts'

/** Who entered or left a segment, and when, as the facts on the timelines say. */
export interface Change {
  /** The person as they are known today. */
  readonly person: string
  readonly at: number
  readonly entered: boolean
  readonly filled: boolean
}

/*
 * The facts of one segment, each with the id that the person had then. Facts lie together by name, so that no other events are read.
 * A profile that was merged into another is in no segment from then on, of which no fact is told: it is made up for here.
 */
const facts = `
  select profile_id, at, name = '${eventNames.segmentEntered}' as entered, properties['filled'] = 'true' as filled
  from events_by_name
  where tells = 0 and name in ('${eventNames.segmentEntered}', '${eventNames.segmentLeft}') and properties['segment'] = {segment:String}`

const changesOf = `
  with facts as (${facts}), merged as (
    select toUUIDOrZero(JSONExtractString(properties['loser'])) as profile_id, max(at) as merged_at
    from events_by_name where tells = 0 and name = '${eventNames.profilesMerged}' group by profile_id
  )
  select profile_id, at, entered, filled from facts
  union all
  select f.profile_id, any(m.merged_at), false, true from facts as f join merged as m on f.profile_id = m.profile_id
  where f.at <= m.merged_at group by f.profile_id having argMax(f.entered, (f.at, f.entered))`

const ofPeopleToday = (
  rows: string,
): string => `select if(o.merged = 1, o.winner, c.profile_id) as person, c.at as at, c.entered as entered, c.filled as filled
  from (${rows}) as c global left join (select loser, winner, 1 as merged from profile_overrides) as o on c.profile_id = o.loser`

const parametersOf = (segment: string) => ({ segment: JSON.stringify(segment) })

export interface DailyChange {
  /** Number of the day since 1970 in the zone. */
  readonly day: number
  readonly entered: number
  readonly left: number
  readonly filled: number
  readonly dropped: number
}

/** Changes of each day that had some, oldest first. */
export function readDailyChanges(ask: Asker, segment: string, zone: string, signal: AbortSignal): Promise<DailyChange[]> {
  const sql = `select toUInt32(toDate(fromUnixTimestamp64Milli(at, {zone:String}))) as day,
      countIf(entered and not filled) as entered_n, countIf(not entered and not filled) as left_n, countIf(entered and filled) as filled_n,
      countIf(not entered and filled) as dropped_n
    from (${changesOf}) group by day order by day`
  return ask
    .rows<{ day: number; entered_n: number; left_n: number; filled_n: number; dropped_n: number }>(
      { sql, params: { ...parametersOf(segment), zone } },
      signal,
    )
    .then((rows) =>
      rows.map((row) => ({ day: row.day, entered: row.entered_n, left: row.left_n, filled: row.filled_n, dropped: row.dropped_n })),
    )
}

/** Changes, newest first, behind a place in that order. */
export function readChanges(
  ask: Asker,
  segment: string,
  page: { readonly change: 'entered' | 'left' | undefined; readonly after: readonly [number, string] | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<Change[]> {
  const where = [
    ...(page.change === undefined ? [] : [`entered = ${page.change === 'entered' ? 1 : 0}`]),
    ...(page.after === undefined ? [] : ['(at, toString(person)) < ({at:Int64}, {person:String})']),
  ]
  return readPeople(ask, page.after, signal, {
    sql: `select toString(person) as person, at, entered, filled from (${ofPeopleToday(changesOf)}) ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
      order by at desc, person desc limit ${page.limit}`,
    params: parametersOf(segment),
  })
}

/** Who is in it as far as the facts say, the latest first: whether they still are is known to PostgreSQL. */
export function readInside(
  ask: Asker,
  segment: string,
  page: { readonly after: readonly [number, string] | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<Change[]> {
  return readPeople(ask, page.after, signal, {
    sql: `select toString(person) as person, since as at, last.1 as entered, last.2 as filled
      from (select person, max(at) as since, argMax((entered, filled), (at, entered)) as last from (${ofPeopleToday(facts)}) group by person)
      where last.1 ${page.after === undefined ? '' : 'and (since, toString(person)) < ({at:Int64}, {person:String})'}
      order by since desc, person desc limit ${page.limit}`,
    params: parametersOf(segment),
  })
}

async function readPeople(
  ask: Asker,
  after: readonly [number, string] | undefined,
  signal: AbortSignal,
  query: SqlQuery,
): Promise<Change[]> {
  const place: SqlQuery['params'] = after === undefined ? {} : { at: after[0], person: after[1] }
  const rows = await ask.rows<{ person: string; at: number; entered: number | boolean; filled: number | boolean }>(
    { sql: query.sql, params: { ...query.params, ...place } },
    signal,
  )
  return rows.map(({ person, at, entered, filled }) => ({ person, at, entered: Boolean(entered), filled: Boolean(filled) }))
}
