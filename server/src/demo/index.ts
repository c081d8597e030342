/**
 * A simulated shop that drives the product over its public HTTP API, as a real shop and its customers would.
 *
 * shop: the pure core: who the people are and what they decide, out of seed and simulated time · shopper: one of them ·
 * visit: what somebody does from coming to leaving · deed: one thing that somebody does · drive: the thin part that talks HTTP ·
 * past: days that are imported before the shop opens · live: from then on, at a pace.
 */
export { demoDefaults, startDemo, type Demo, type DemoNews, type DemoOptions } from './start-demo.ts'
export type { DemoTally } from './drive/tally.ts'
