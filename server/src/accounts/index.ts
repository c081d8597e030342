/**
 * Accounts: who may use this workspace, and what it is set to.
 *
 * - *user*: a person who signs in, by password or by a link that works once · *role*: viewer, editor or admin.
 * - *session*: what a browser holds after signing in · *API key*: what a program holds instead.
 * - *source*: where events come from, with its *write key*, which opens nothing but the way in.
 * - *settings*: what the whole workspace is set to: zone, currency, what holds for people who have said nothing.
 */
export { makeAccountHandlers, makeAuthenticator, type AccountDeps } from './handlers.ts'
export { makeSources, type Sealer, type Source, type Sources } from './sources.ts'
export { loadSettings } from './settings.ts'
export { LINK_MINUTES } from './sessions.ts'
export { makeSignInPath, setUpWorkspace, type FirstWorkspace } from './workspace.ts'
