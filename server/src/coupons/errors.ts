import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class CouponError extends Failure<
  'pool_unknown' | 'pool_name_taken' | 'pool_id_taken' | 'pool_in_use' | 'pool_deleted' | 'codes_unreadable'
> {}
