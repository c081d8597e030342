import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class ShopEventError extends Failure<'shop_event_invalid'> {}
