import type { Problem } from '@throughline/contracts'

/** What sort of refusal this is; only this folder knows the HTTP status of each. */
export type FailureKind =
  | 'bad-input'
  | 'not-signed-in'
  | 'not-allowed'
  | 'not-found'
  | 'wrong-method'
  | 'conflict'
  | 'too-large'
  | 'too-many'
  | 'unavailable'
  | 'internal'

export const statusOf: { readonly [K in FailureKind]: number } = {
  'bad-input': 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  'wrong-method': 405,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
  internal: 500,
}

export interface FailureDetails {
  readonly field?: string
  readonly value?: unknown
  readonly allowed?: string
  readonly problems?: readonly Problem[]
  /** Seconds after which a new try makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

/**
 * A refusal that its receiver may read: thrown by any handler, answered as {@link ApiError} JSON. A domain gives its own
 * a narrower `Code` in its `errors.ts`: `class JourneyError extends Failure<'journey_unknown' | 'version_unknown'> {}`.
 * The message is a sentence that names the value, the place, what is allowed and what to do next; never a secret.
 */
export class Failure<Code extends string = string> extends Error {
  readonly kind: FailureKind
  readonly code: Code
  readonly details: FailureDetails
  constructor(kind: FailureKind, code: Code, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.kind = kind
    this.code = code
    this.details = details
  }
}
