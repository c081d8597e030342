import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class AdAudienceError extends Failure<
  | 'audience_people_gone'
  | 'audience_unknown'
  | 'audience_name_taken'
  | 'audience_id_taken'
  | 'audience_in_use'
  | 'audience_segment_unknown'
  | 'audience_busy'
> {}
