/**
 * Connectors: how what other systems know comes in by itself.
 *
 * - *pull*: a file that is fetched by a schedule · *place*: where it lies, an address or a bucket · *run*: one fetch, and what came of it.
 * - *mark*: by what a version of a file is known again, so that it is taken once · *draft*: a file that waits for its mapping.
 * - *hook*: an address that another system calls when something happens · *thing*: what a body tells, one or many.
 */
export { makeHookHandlers } from './hooks/handlers.ts'
export { registerHooks } from './hooks/routes.ts'
export { startHookSweep } from './hooks/sweep.ts'
export { makePullHandlers } from './pulls/handlers.ts'
export { startPullWorker } from './pulls/worker.ts'
