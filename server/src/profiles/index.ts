/**
 * Profiles: people as others see them.
 *
 * - *person*: a profile with its identifiers, as it is shown · *former id*: the id of a profile that was merged into another.
 * - *timeline*: all that happened with one person, newest first, each event once · *history*: the part of it in ClickHouse.
 * - *last seen*: when a person last did something themselves; what we sent them does not count.
 */
export { makeProfiles, type ProfileDeps } from './handlers.ts'
export { makeHistory, type History } from './history.ts'
export { prepareNames } from './names-table.ts'
export type { UnpackProfile } from './load.ts'
export {
  importOrders,
  ImportError,
  parseMapping,
  renderReport,
  zonedToUtc,
  orderParts,
  type ImportPort,
  type ImportProgress,
} from './import-orders/index.ts'
