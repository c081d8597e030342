/**
 * What crosses a border, as zod schemas and their types.
 *
 * event: something that happened to one person · trait: something known about one person ·
 * condition: a question about one person with a yes or no · segment: everybody for whom a condition holds ·
 * journey: steps that a person goes through · campaign: one message to an audience · template: what a message says on one channel ·
 * definition: a segment, journey or template as its author wrote it · lane: live, bulk or derived.
 */
export * from './json.ts'
export * from './duration.ts'
export * from './events.ts'
export * from './order-message-id.ts'
export * from './shard.ts'
export * from './slug.ts'
export * from './channel.ts'
export * from './answer-rates.ts'
export * from './inbound.ts'
export * from './sms-parts.ts'
export * from './conditions/index.ts'
export { definitionIdSchema } from './id.ts'
export * from './journeys/index.ts'
export * from './campaigns/index.ts'
export * from './policy.ts'
export * from './definitions.ts'
export * from './api/index.ts'
export * from './coupon-pool-file.ts'
export * from './form-file.ts'
export * from './ad-audience-file.ts'
export * from './channel-file.ts'
