/**
 * Safe fetch: calls to addresses that a user typed in.
 *
 * - *private address*: one that leads into our own network or machine (loopback, private ranges, link-local with the
 *   clouds' metadata services, and the rest of what is not the public internet). Refused unless allowed.
 */
export { makeSafeFetch, type SafeAnswer, type SafeFetch, type SafeOpen, type SafeRequest, type SafeStream } from './safe-fetch.ts'
export { parseAllowedRanges, isPublicAddress, type AllowedRanges } from './addresses.ts'
export { SafeFetchError } from './errors.ts'
