/**
 * Inbound: what people write back.
 *
 * - *sender*: the address that wrote it, and the person whose address it is.
 * - *keyword*: the first word, in lower case and without punctuation.
 * - *stop word*: a word by which people opt out; it withdraws the consent, and no journey hears of it.
 * - *reply*: what answers a message of ours: the one it names, or the latest that went to the person by the same channel.
 */
export { makeInboundHandlers } from './handlers.ts'
