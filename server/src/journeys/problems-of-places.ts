import { startsOf, type Definition, type Problem, type Step } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { checkTexts } from '../templates/index.ts'
import { placeOf } from './parse-definitions.ts'

/** Ids of what counts as there, since it is made beside what is published. */
interface Beside {
  readonly pools: readonly string[]
  readonly forms: readonly string[]
  /** Of ad audiences those with members of their own. */
  readonly audiences: readonly string[]
}

/** Steps that put people into lists or ad audiences, or take codes out of pools, and entries by forms, which are not there or were deleted; and tasks whose texts cannot be read. */
export async function problemsOfPlaces(
  db: Db,
  sent: readonly Definition[],
  beside: Beside = { pools: [], forms: [], audiences: [] },
): Promise<Problem[]> {
  return [
    ...(await problemsOfLists(db, sent)),
    ...(await problemsOfPools(db, sent, beside.pools)),
    ...(await problemsOfForms(db, sent, beside.forms)),
    ...(await problemsOfAudiences(db, sent, beside.audiences)),
    ...problemsOfTasks(sent),
  ]
}

async function problemsOfForms(db: Db, sent: readonly Definition[], also: readonly string[]): Promise<Problem[]> {
  const named = sent.flatMap((definition, at) =>
    definition.kind !== 'journey'
      ? []
      : startsOf(definition).flatMap((entry, index) =>
          entry.kind === 'form'
            ? [{ journey: definition.id, form: entry.form, place: `${placeOf(at)}.entries.${index}`, number: index + 1 }]
            : [],
        ),
  )
  if (named.length === 0) return []
  const { rows } = await db.query<{ id: string }>('select id from forms where deleted_at is null order by id')
  const ids = [...rows.map(({ id }) => id), ...also]
  return named
    .filter(({ form }) => !ids.includes(form))
    .map(({ journey, form, place, number }) => ({
      field: `${place}.form`,
      value: form,
      allowed: ids.length === 0 ? 'a form that exists; there is none yet' : `a form that exists: ${ids.join(', ')}`,
      message: `entry ${number} of journey "${journey}" is the form "${form}", which does not exist or was deleted; make it under Forms first`,
    }))
}

async function problemsOfLists(db: Db, sent: readonly Definition[]): Promise<Problem[]> {
  const named = stepsOf(sent).flatMap(({ value, ...place }) => (value.kind === 'list' ? [{ ...place, list: value.list }] : []))
  if (named.length === 0) return []
  const { rows } = await db.query<{ id: string }>('select id from lists where deleted_at is null order by id')
  const ids = rows.map(({ id }) => id)
  return named
    .filter(({ list }) => !ids.includes(list))
    .map(({ journey, step, list, place }) => ({
      field: `${place}.steps.${step}.list`,
      value: list,
      allowed: ids.length === 0 ? 'a list that exists; there is none yet' : `a list that exists: ${ids.join(', ')}`,
      message: `step "${step}" of journey "${journey}" changes the list "${list}", which does not exist or was deleted; make it under Lists first`,
    }))
}

async function problemsOfPools(db: Db, sent: readonly Definition[], also: readonly string[]): Promise<Problem[]> {
  const named = stepsOf(sent).flatMap(({ value, ...place }) => (value.kind === 'coupon' ? [{ ...place, pool: value.pool }] : []))
  if (named.length === 0) return []
  const { rows } = await db.query<{ id: string }>('select id from coupon_pools where deleted_at is null order by id')
  const ids = [...rows.map(({ id }) => id), ...also]
  return named
    .filter(({ pool }) => !ids.includes(pool))
    .map(({ journey, step, pool, place }) => ({
      field: `${place}.steps.${step}.pool`,
      value: pool,
      allowed: ids.length === 0 ? 'a pool of codes that exists; there is none yet' : `a pool of codes that exists: ${ids.join(', ')}`,
      message: `step "${step}" of journey "${journey}" takes a code of the pool "${pool}", which does not exist or was deleted; make it under Coupons first`,
    }))
}

async function problemsOfAudiences(db: Db, sent: readonly Definition[], also: readonly string[]): Promise<Problem[]> {
  const named = stepsOf(sent).flatMap(({ value, ...place }) =>
    value.kind === 'ad-audience' ? [{ ...place, audience: value.audience }] : [],
  )
  if (named.length === 0) return []
  const { rows } = await db.query<{ id: string; kept: boolean }>(
    'select id, list_id is not null as kept from ad_audiences where deleted_at is null order by id',
  )
  const ids = [...rows.flatMap(({ id, kept }) => (kept ? [id] : [])), ...also]
  return named
    .filter(({ audience }) => !ids.includes(audience))
    .map(({ journey, step, audience, place }) => ({
      field: `${place}.steps.${step}.audience`,
      value: audience,
      allowed:
        ids.length === 0
          ? 'an ad audience with members of its own; there is none yet'
          : `an ad audience with members of its own: ${ids.join(', ')}`,
      message: `step "${step}" of journey "${journey}" changes the ad audience "${audience}", ${
        rows.some(({ id }) => id === audience) ? 'whose people are those of a segment' : 'which does not exist or was deleted'
      }; make one with members of its own under Ad audiences first`,
    }))
}

function problemsOfTasks(sent: readonly Definition[]): Problem[] {
  return stepsOf(sent).flatMap(({ journey, step, place, value }) =>
    value.kind === 'staff-task'
      ? checkTexts({ title: value.title, text: value.text }).map((one) => ({
          ...one,
          field: `${place}.steps.${step}.${one.field}`,
          message: `step "${step}" of journey "${journey}": ${one.message}`,
        }))
      : [],
  )
}

interface Placed {
  readonly journey: string
  readonly step: string
  readonly place: string
  readonly value: Step
}

function stepsOf(sent: readonly Definition[]): readonly Placed[] {
  return sent.flatMap((definition, index) =>
    definition.kind !== 'journey'
      ? []
      : Object.entries(definition.steps).map(([step, value]) => ({ journey: definition.id, step, value, place: placeOf(index) })),
  )
}
