import type { Secrets } from '../platform/secrets/index.ts'

/** How codes are kept: unreadable without the secret key, and told apart without being read. */
export type Sealing = Pick<Secrets, 'encrypt' | 'decrypt' | 'hmac'>

/** What a code is found by, in whichever pool. */
export function hashOf(secrets: Pick<Sealing, 'hmac'>, code: string): Buffer {
  return secrets.hmac('coupon', code)
}
