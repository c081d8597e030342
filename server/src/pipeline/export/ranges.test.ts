import { lanes, type Lane } from '@throughline/contracts'
import { expect, test } from 'vitest'
import type { Db } from '../../platform/postgres/index.ts'
import { planRanges, type CaughtUp, type ExportPlan } from './ranges.ts'

/** Streams of one shard as the database tells of them, and a clock. */
function makeStreams() {
  const streams = Object.values(lanes).map((lane) => ({ shard: 0, lane: lane as Lane, seq: 0, head: 0, now: 1_000_000 }))
  const caughtUp = new Map<string, CaughtUp>()
  let awaited = false
  const query = async ({ name }: { name: string }) => ({
    rows: name === 'export-awaited' ? [{ awaited }] : streams.map((stream) => ({ ...stream })),
  })
  const db = { query } as unknown as Db
  return {
    await: (): void => void (awaited = true),
    add: (lane: Lane, rows: number): void => void (streams[lane]!.head += rows),
    async planAfter(ms: number, rows = 20_000): Promise<ExportPlan> {
      for (const stream of streams) stream.now += ms
      return planRanges(db, rows, caughtUp)
    },
    exported({ ranges, reached }: ExportPlan): void {
      for (const { lane, to } of ranges) streams[lane]!.seq = to
      for (const [stream, there] of reached) caughtUp.set(stream, there)
    },
  }
}

const lanesOf = ({ ranges }: ExportPlan): number[] => ranges.map(({ lane }) => lane)

test('a flow of rows that are not live is gathered for five seconds, also right after a batch of it', async () => {
  const { add, planAfter, exported } = makeStreams()
  await planAfter(0)
  const batches: number[] = []
  for (let at = 0; at < 20_000; at += 500) {
    add(lanes.bulk, 1_000)
    const plan = await planAfter(500)
    if (plan.ranges.length === 0) continue
    batches.push(at + 500)
    exported(plan)
    // As they come while the batch is written.
    add(lanes.bulk, 100)
  }
  expect(batches).toEqual([5_000, 10_000, 15_000, 20_000])
})

test('live rows go within half a second, without the flow behind which they came, and with what is little', async () => {
  const { add, planAfter, exported } = makeStreams()
  await planAfter(0)
  add(lanes.live, 1)
  expect(await planAfter(200)).toMatchObject({ ranges: [], waitMs: 300, behind: 1, lagMs: 200 })
  add(lanes.derived, 3)
  const both = await planAfter(300)
  expect(lanesOf(both)).toEqual([lanes.live, lanes.derived])
  exported(both)
  add(lanes.live, 2)
  add(lanes.bulk, 4_000)
  const alone = await planAfter(500)
  expect(alone.ranges).toEqual([{ shard: 0, lane: lanes.live, from: 2, to: 3 }])
  expect(alone.behind).toBe(4_002)
  exported(alone)
  add(lanes.live, 1)
  expect(lanesOf(await planAfter(4_600))).toEqual([lanes.live, lanes.bulk])
})

test('what is little goes soon, and a batch that is full at once', async () => {
  const { add, planAfter, exported } = makeStreams()
  await planAfter(0)
  add(lanes.bulk, 20)
  const little = await planAfter(500)
  expect(little.ranges).toEqual([{ shard: 0, lane: lanes.bulk, from: 1, to: 20 }])
  exported(little)
  add(lanes.bulk, 300)
  expect(await planAfter(500)).toMatchObject({ ranges: [], waitMs: 500 })
  add(lanes.derived, 1_000)
  const full = await planAfter(10, 1_000)
  expect(full.ranges).toEqual([
    { shard: 0, lane: lanes.bulk, from: 21, to: 320 },
    { shard: 0, lane: lanes.derived, from: 1, to: 500 },
  ])
  exported(full)
  // Of what was left it is not known that it came later.
  expect(await planAfter(0, 1_000)).toMatchObject({ ranges: [], behind: 500 })
})

test('a flow is not gathered while a fill waits for the export', async () => {
  const streams = makeStreams()
  await streams.planAfter(0)
  streams.add(lanes.derived, 1_000)
  expect(await streams.planAfter(500)).toMatchObject({ ranges: [] })
  streams.await()
  expect(lanesOf(await streams.planAfter(0))).toEqual([lanes.derived])
})
