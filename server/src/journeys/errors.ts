import { Failure } from '../platform/http/index.ts'

/** What the definitions of journeys, segments and templates are refused for; each code is documented in docs/errors.md. */
export class DefinitionError extends Failure<
  | 'journey_unknown'
  | 'journey_changed'
  | 'definition_unknown'
  | 'journey_not_by_api'
  | 'move_invalid'
  | 'nobody_to_move'
  | 'nothing_to_undo'
  | 'person_unknown'
  | 'properties_invalid'
  | 'segment_unknown'
  | 'version_unknown'
  | 'definitions_invalid'
  | 'segment_in_use'
  | 'brief_unfinished'
  | 'rehearsal_busy'
  | 'rehearsal_unavailable'
  | 'test_run_endless'
> {}

export function unknownJourney(id: string): DefinitionError {
  return new DefinitionError(
    'not-found',
    'journey_unknown',
    `There is no journey "${id}". \`throughline apply\` publishes one from a file.`,
    { field: 'id', value: id },
  )
}
