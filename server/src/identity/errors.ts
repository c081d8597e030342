import { Failure } from '../platform/http/index.ts'

/** What cannot be done with a merge; each code is documented in docs/errors.md. */
export class IdentityError extends Failure<'merge_unknown' | 'merge_undone' | 'merge_refused'> {}
