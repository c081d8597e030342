import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class ConsentError extends Failure<'person_unknown'> {}
