import { Failure } from '../../platform/http/index.ts'

/** What the drafts of journeys are refused for; each code is documented in docs/errors.md. */
export class DraftError extends Failure<'draft_unknown' | 'draft_exists' | 'draft_changed' | 'journey_exists' | 'journey_changed'> {}
