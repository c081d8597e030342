import { Failure } from '../platform/http/index.ts'

/** What the people pages refuse; each code is documented in docs/errors.md. */
export class PersonError extends Failure<'person_unknown'> {}

/** Nobody has this id. */
export function unknownPerson(id: string): PersonError {
  return new PersonError(
    'not-found',
    'person_unknown',
    `There is no person "${id}". Search by name, e-mail address or user id finds the ones there are.`,
    { field: 'id', value: id },
  )
}
