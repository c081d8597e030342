import { journeySchema, templateSchema, type Definition, type Event } from '../../contracts/src/index.ts'
import { compileDefinitions, type AdvanceContext, type CompiledDefinitions } from '../../engine/src/index.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** 4 May 2026, 12:00 UTC: when the simulated clock begins. */
export const NOON = Date.UTC(2026, 4, 4, 12)

const note = templateSchema.parse({ kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hi', body: 'Hello' })

/** So many journeys of two waits and a message, each started by an event of its own and all ended by an order. */
export function makeJourneys(count: number): CompiledDefinitions {
  const journeys = Array.from({ length: count }, (_, n): Definition =>
    journeySchema.parse({
      kind: 'journey',
      id: `journey-${n}`,
      name: `Journey ${n}`,
      entries: [{ kind: 'event', on: { event: `Step ${n}` } }],
      goals: [{ on: { event: 'Order Completed' } }],
      start: 'hour',
      steps: {
        hour: { kind: 'wait', for: '1 hour', next: 'say' },
        say: { kind: 'message', channel: 'inbox', template: 'note', next: 'day' },
        day: { kind: 'wait', for: '1 day' },
      },
    }),
  )
  return compileDefinitions(
    [note, ...journeys].map((definition) => ({ definition, version: 1, epoch: 1 })),
    { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } },
  )
}

const none: ReadonlySet<string> = new Set()

export function contextAt(definitions: CompiledDefinitions, now: number): AdvanceContext {
  return { definitions, now, pending: none }
}

export function eventAt(name: string, n: number, at: number): Event {
  return {
    id: `bench:${name}:${n}`,
    type: 'track',
    name,
    timestamp: at,
    receivedAt: at,
    properties: { n },
    context: {},
    source: 'bench',
    lane: 0,
    triggers: true,
  }
}

export function idOf(n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}
