import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class ListError extends Failure<'list_unknown' | 'list_name_taken' | 'list_id_taken' | 'list_in_use' | 'list_deleted'> {}
