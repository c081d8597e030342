import type { Definition, Problem } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { placeOf } from './parse-definitions.ts'

/** Steps that put people into lists which are not there, or were deleted. */
export async function problemsOfLists(db: Db, sent: readonly Definition[]): Promise<Problem[]> {
  const named = sent.flatMap((definition, index) =>
    definition.kind !== 'journey'
      ? []
      : Object.entries(definition.steps).flatMap(([id, step]) =>
          step.kind === 'list' ? [{ journey: definition.id, step: id, list: step.list, place: placeOf(index) }] : [],
        ),
  )
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
