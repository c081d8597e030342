/**
 * Secrets: what is kept unreadable at rest, and what is signed so that nobody can make it up.
 *
 * - *secret key*: 32 random bytes from which every other key is derived; in a file of the data folder that only its owner
 *   can read, or in THROUGHLINE_SECRET_KEY. Whoever loses it loses the stored passwords and every link already sent.
 * - *purpose*: what a key is good for; what was signed for one purpose is worth nothing for another.
 */
export { makeSecrets, readSecretKey, type Secrets } from './secrets.ts'
export { SecretsError } from './errors.ts'
export { isEqual } from './is-equal.ts'
