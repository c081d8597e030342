/**
 * Links: addresses of ours inside messages, and what happens when somebody follows them.
 *
 * - *token*: signed, opaque, with nothing of the person in it but ids; what it leads to stands in it, so nothing else can be reached.
 * - *machine*: a mail-privacy proxy or link scanner that opens what no person has.
 */
export { makeLinks, type Links, type MessageRef, type TokenSigner } from './tokens.ts'
export { brokenLinkPage } from './page.ts'
export { registerLinkRoutes, type LinkDeps } from './routes.ts'
