import { Failure } from '../platform/http/index.ts'

/** What the people pages refuse; each code is documented in docs/errors.md. */
export class PersonError extends Failure<
  'person_unknown' | 'person_forgotten' | 'history_away' | 'identifier_taken' | 'export_column_unknown' | 'segment_missing'
> {}

/** Nobody has this id. */
export function unknownPerson(id: string): PersonError {
  return new PersonError(
    'not-found',
    'person_unknown',
    `There is no person "${id}". Search by name, e-mail address or user id finds the ones there are.`,
    { field: 'id', value: id },
  )
}

/** The person was forgotten; nothing is known of them any more. */
export function forgottenPerson(id: string): PersonError {
  return new PersonError(
    'not-found',
    'person_forgotten',
    `The person "${id}" was forgotten: everything known of them was deleted. The receipt stands under Settings, Forgotten people.`,
    { field: 'id', value: id },
  )
}

/** What was asked for needs all of history, and ClickHouse does not answer. */
export function historyAway(): PersonError {
  return new PersonError(
    'unavailable',
    'history_away',
    'ClickHouse, which keeps what has happened, cannot be reached at the moment, so this would not be whole. Nothing is lost; try again when it is back.',
    { retryAfter: 30 },
  )
}

/** A trait was to be an identifier that somebody else has. */
export function identifierTaken(field: string, value: string, owner: string): PersonError {
  return new PersonError(
    'conflict',
    'identifier_taken',
    `${field} is "${value}", which belongs to the person "${owner}". If the two are one, merge them; otherwise give another value.`,
    { field, value, allowed: 'a value that nobody else has' },
  )
}
