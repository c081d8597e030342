import { Failure } from '../platform/http/index.ts'

/** What forgetting refuses; each code is documented in docs/errors.md. */
export class ForgetError extends Failure<'person_unknown' | 'forget_unknown' | 'identifier_not_forgotten'> {}
