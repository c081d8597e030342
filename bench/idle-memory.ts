import { setTimeout as sleep } from 'node:timers/promises'
import { memoryOf, startProduct, type ProcessMemory } from './lib/product.ts'
import { report } from './lib/report.ts'

/*
 * Memory of everything that `throughline start` runs, some time after it was used: events came in and were worked on, and
 * the console's pages were asked for. Shared pages count once (PSS): PostgreSQL's processes share their buffers.
 */
const EVENTS = 20_000
const QUIET_MS = 40_000

const { pid, ask, untilQuiet, stop } = await startProduct()
try {
  const fresh = memoryOf(pid)
  await send(EVENTS)
  await untilQuiet(60)
  for (const path of ['overview', 'people', 'events', 'messages', 'segments', 'journeys', 'status']) await ask(`/api/${path}`)
  const busy = memoryOf(pid)
  await sleep(QUIET_MS)
  const idle = memoryOf(pid)
  report({
    bench: 'idle-memory',
    value: total(idle),
    unit: 'MiB',
    reference: total(fresh),
    detail: {
      reference: 'the same, right after the start',
      events: EVENTS,
      idleMs: QUIET_MS,
      rightAfterUse: Math.round(total(busy)),
      processes: idle.map(({ name, mib }) => `${name} ${Math.round(mib)}`),
      sumOfResident: Math.round(idle.reduce((sum, one) => sum + one.rss, 0)),
    },
  })
} finally {
  await stop()
}

function total(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, one) => sum + one.mib, 0)
}

async function send(count: number): Promise<void> {
  await ask('/api/definitions', {
    definitions: [
      {
        kind: 'segment',
        id: 'viewers',
        name: 'Viewers',
        where: { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 2 }, within: '30 days' },
      },
    ],
  })
  for (let from = 0; from < count; from += 250) {
    const batch = Array.from({ length: 250 }, (_, i) => ({
      type: 'track',
      event: 'Product Viewed',
      anonymousId: `visitor-${(from + i) % 3_000}`,
      messageId: `m${from + i}`,
      properties: { category: 'shirts', price: 4995 },
    }))
    await ask('/v1/batch', { batch })
  }
}
