/**
 * Lists: people put together by hand, by the API or by an import.
 *
 * - *list*: a name and its members; its id never changes and is never given again.
 * - *membership*: what `List Joined` and `List Left`, events of our own source on the person's timeline, say last.
 * - *person*: the profile that a member stands in today; a merge moves it, an unmerge moves it back.
 * - *deleted*: no longer shown or offered; name, members and timeline stay, so that it can be restored.
 */
export { listEvent, readListChange, type ListEvent, type ListWord } from './list-event.ts'
export { applyListChanges } from './change.ts'
export { lateListStatements, listStatements, type ListSaid } from './said.ts'
export { mergeMemberships, unmergeMemberships } from './merge.ts'
export { makeListHandlers } from './handlers.ts'
export { findRefs } from './members.ts'
export { requireList } from './store.ts'
