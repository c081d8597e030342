import { Failure } from '../../platform/http/index.ts'

/** What ready-made journeys are refused for; each code is documented in docs/errors.md. */
export class ReadyMadeError extends Failure<'ready_made_unknown' | 'ready_made_taken'> {}
