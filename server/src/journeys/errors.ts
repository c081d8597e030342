import { Failure } from '../platform/http/index.ts'

/** What the definitions of journeys, segments and templates are refused for; each code is documented in docs/errors.md. */
export class DefinitionError extends Failure<
  'journey_unknown' | 'definition_unknown' | 'segment_unknown' | 'version_unknown' | 'definitions_invalid' | 'segment_in_use'
> {}
