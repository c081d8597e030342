/**
 * Consent: who may be told what, and where.
 *
 * - *consent*: what one person said about one channel (and topic), with source, time, address and wording.
 * - *tracking*: a channel of its own, on which nothing is sent: whether opens and clicks may be recorded.
 * - *suppression*: an address that gets nothing, whoever it belongs to; it outlives profiles, merges and imports.
 * - *permission*: both, as they stand right before a message goes out.
 */
export { addressKey } from './address.ts'
export { applyConsentChanges, copyWithdrawals, type ConsentChange } from './change.ts'
export { consentStatements, lateConsentStatement, type ConsentSaid } from './said.ts'
export {
  isPlainAddress,
  permissionJoins,
  PERMISSION_COLUMNS,
  readPermissions,
  toPermission,
  type Permission,
  type PermissionQuestion,
  type PermissionRow,
} from './permissions.ts'
export { decideSend, mayTrack, type SendDecision } from './decide.ts'
export { tellHolders, type AddressEvent } from './tell.ts'
export { addSuppressions, findSuppressed, saysMore, type Suppression } from './suppress.ts'
export { readConsents, readConsentsOf, type ConsentEntry } from './read.ts'
export { makeConsentHandlers, consentChangedEvent, type ConsentDeps } from './handlers.ts'
