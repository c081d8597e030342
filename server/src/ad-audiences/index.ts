/**
 * Ad audiences: whom ad platforms are asked to show ads to, or to leave out.
 *
 * - *audience*: a name, the platform whose format it is told in, and its people: a segment's, or members of a list that journeys keep.
 * - *told*: has agreed to ads, and is known by an e-mail address or a phone number.
 * - *key*: what a platform knows people by, hashed (SHA-256) as it asks for.
 * - *link*: an address with a token, from which a platform fetches it again and again.
 */
export { makeAdAudienceHandlers, type AdAudienceDeps } from './handlers.ts'
export { registerAdAudienceRoutes } from './routes.ts'
