/**
 * Audit: who did what, when, and on whom.
 *
 * - *action*: one call of a route of the management API that changes something, or hands out much at once.
 * - *actor*: who called: a user, an API key, or nobody, on the routes by which people sign in.
 * - *subject*: on whom or what: the id in the address, such as a person's.
 * - *record*: a line of the log; it begins before the action and ends with it, in its transaction where it has one.
 */
export { makeAuditLog } from './record.ts'
export { makeAuditHandlers, readAuditOf } from './handlers.ts'
