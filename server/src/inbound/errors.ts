import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class InboundError extends Failure<'sender_unknown' | 'sender_invalid' | 'reply_unsuitable'> {}
