import { randomUUID } from 'node:crypto'
import type { Settings } from '@throughline/contracts'
import { makeContext, shopEntriesOf } from '@throughline/engine'
import { findProblems } from '../ingest/index.ts'
import { loadLatestOf, readJourneyStates } from '../journeys/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { ShopEventError } from './errors.ts'
import { insertShopEvent, readShopEvents } from './store.ts'

export interface ShopEventDeps {
  readonly pool: Pool
  readonly settings: () => Promise<Settings>
}

/** Handlers of the routes about events of the shop. */
export function makeShopEventHandlers({ pool, settings: loadSettings }: ShopEventDeps): Handlers<'shopEvents' | 'sendShopEvent'> {
  return {
    async shopEvents({ query }) {
      const before = readCursor(query.cursor, [0, ''])
      const found = await readShopEvents(pool, { before: before ?? null, event: query.event, limit: query.limit + 1 })
      const items = found.slice(0, query.limit)
      const last = items.at(-1)
      return { items, next: found.length > query.limit && last ? writeCursor([last.receivedAt, last.messageId]) : null }
    },
    async sendShopEvent({ body: { event, properties, messageId = randomUUID() }, auth, audit }) {
      audit.note({ after: { event, messageId } })
      const problems = findProblems(properties, JSON.stringify(properties), 'properties').map(({ problem }) => problem)
      if (problems[0] !== undefined)
        throw new ShopEventError('bad-input', 'shop_event_invalid', `Nothing happened. ${problems[0].message}`, {
          field: problems[0].field,
          allowed: problems[0].allowed,
          problems,
        })
      const [stored, states, { zone, consentDefaults }] = await Promise.all([
        loadLatestOf(pool, 'journey'),
        readJourneyStates(pool),
        loadSettings(),
      ])
      // Filters on the event's own properties ask for no segment, no trait and no rank.
      const context = makeContext([], zone, consentDefaults)
      const said = { name: event, properties, at: Date.now() }
      const journeys = stored
        .map(({ definition }) => definition)
        .filter(({ id }) => (states.get(id)?.state ?? 'live') === 'live')
        .filter((journey) => shopEntriesOf(journey, said, context).length > 0)
        .map(({ id }) => id)
      return { messageId, ...(await insertShopEvent(pool, { messageId, event, properties, sentBy: auth.name, journeys })) }
    },
  }
}
