import { rfmGroups, type RfmGroup } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zoneAtNoon } from './noon.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

const day = 86_400_000
const now = Date.now()
const { zone } = zoneAtNoon(now)

interface Order {
  readonly userId: string
  readonly at: number
  readonly total: number
}

/** Twenty people, the n-th of whom ordered n days ago last; some more often, some for the same money. */
const orders: Order[] = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: [1, 1, 2, 1, 4][i % 5]! }, (_n, k) => ({
    userId: `p-${i}`,
    at: now - (i + 3 * k) * day - 3_600_000,
    total: [10, 20.5, 10, 99.99][i % 4]!,
  })),
).flat()

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.call('setSettings', { body: { ...(await app.call('settings', {})), zone } })
}, 180_000)
afterAll(() => place.remove())

const say = ({ userId, at, total }: Order): object => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  timestamp: new Date(at).toISOString(),
  properties: { total },
})

/** Scores by their definition: by how many of all buyers somebody surpasses, or is surpassed. */
function score(known: readonly Order[], asOf: number): Map<string, { recency: number; frequency: number; group: RfmGroup; spent: number }> {
  const past = known.filter(({ at }) => at <= asOf)
  const people = [...new Set(past.map(({ userId }) => userId))].map((userId) => {
    const own = past.filter((order) => order.userId === userId)
    return {
      userId,
      last: Math.max(...own.map(({ at }) => at)),
      orders: own.length,
      spent: own.reduce((sum, { total }) => sum + Math.round(total * 100), 0),
    }
  })
  const fifths = (passes: (other: (typeof people)[number]) => boolean): number =>
    Math.floor((5 * people.filter(passes).length) / people.length)
  return new Map(
    people.map((one) => {
      const recency = 5 - fifths((other) => other.last > one.last)
      const frequency = 1 + fifths((other) => other.orders < one.orders)
      const group = rfmGroups.find(({ cells }) => (cells as readonly number[]).includes(recency * 10 + frequency))!.id
      return [one.userId, { recency, frequency, group, spent: one.spent }]
    }),
  )
}

async function send(some: readonly Order[]): Promise<void> {
  await app.send('batch', { batch: some.map(say) })
  orders.push(...some.filter((order) => !orders.includes(order)))
  // Until history has come to what was sent.
  const sent = Date.now()
  const where = { kind: 'rfm' } as const
  const upTo = async (): Promise<number> => (await app.call('previewSegment', { body: { where, parts: [] } })).upTo!
  await expect.poll(upTo, { timeout: 60_000 }).toBeGreaterThan(sent)
}

async function membersOf(segment: string): Promise<{ userId: string; since: number; filled: boolean }[]> {
  const { items } = await app.call('segmentMembers', { params: { id: segment } })
  return items
    .map(({ person, since, filled }) => ({ userId: person.userId!, since, filled }))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1))
}

test('without orders there is nothing to show, and computing changes that no more than it can', async () => {
  expect(await app.call('computeRfm', {})).toMatchObject({ current: null, hour: 4, zone })
  expect(await app.call('rfmMovement', {})).toEqual({ from: null, to: null, moves: [] })
})

test('buyers are scored by fifths of all buyers, and stand in the grid with what they spent', { timeout: 180_000 }, async () => {
  await send(orders)
  const { current } = await app.call('computeRfm', {})
  const naive = [...score(orders, current!.asOf).values()]
  expect(current!.people).toBe(20)
  expect(current!.revenue).toBe(naive.reduce((sum, { spent }) => sum + spent, 0))
  for (const { recency, frequency, people, revenue } of current!.cells) {
    const there = naive.filter((one) => one.recency === recency && one.frequency === frequency)
    expect([recency, frequency, people, revenue]).toEqual([
      recency,
      frequency,
      there.length,
      there.reduce((sum, { spent }) => sum + spent, 0),
    ])
  }
  expect(current!.groups.map(({ group, people }) => [group, people])).toEqual(
    rfmGroups.map(({ id }) => [id, naive.filter(({ group }) => group === id).length]),
  )
  expect(new Set(naive.map(({ group }) => group)).size).toBeGreaterThan(5)
})

test(
  'a group becomes a segment, an order changes it at once, and the next computation from its instant on',
  { timeout: 180_000 },
  async () => {
    const groups: RfmGroup[] = ['champions', 'loyal', 'potential-loyalists', 'new-customers']
    const good = { kind: 'segment', id: 'good', name: 'Good', where: { kind: 'rfm', groups } }
    await app.call('applyDefinitions', { body: { definitions: [good], dryRun: false } })
    const { current } = await app.call('rfm', {})
    const goodOf = (asOf: number) =>
      [...score(orders, asOf)].flatMap(([userId, { group }]) => (groups.includes(group) ? [userId] : [])).sort()
    const before = goodOf(current!.asOf)
    await expect.poll(async () => (await membersOf('good')).map(({ userId }) => userId), { timeout: 60_000 }).toEqual(before)
    expect((await membersOf('good')).every(({ filled }) => filled)).toBe(true)
    expect((await app.call('previewSegment', { body: { where: { kind: 'rfm', groups: groups }, parts: [] } })).size).toBe(before.length)

    // Somebody who was far behind orders once more: nobody else moves.
    const back = orders.find(({ userId }) => userId === 'p-19')!
    expect(before).not.toContain('p-19')
    await send([{ ...back, at: Date.now() }])
    await expect.poll(async () => (await membersOf('good')).map(({ userId }) => userId)).toEqual([...before, 'p-19'].sort())
    expect((await membersOf('good')).find(({ userId }) => userId === 'p-19')).toMatchObject({ filled: false })

    // Others order too, among them new people, and so the fifths part elsewhere.
    await send(['p-7', 'p-8', 'p-12', 'n-1', 'n-2', 'n-3'].map((userId, i) => ({ userId, at: Date.now() - i * 1_000, total: 5 })))
    const { current: next } = await app.call('computeRfm', {})
    const after = goodOf(next!.asOf)
    await expect.poll(async () => (await membersOf('good')).map(({ userId }) => userId), { timeout: 60_000 }).toEqual(after)
    const gone = before.filter((userId) => !after.includes(userId))
    expect(gone.length).toBeGreaterThan(0)
    const left = async () =>
      (await app.call('segmentChanges', { params: { id: 'good' }, query: { change: 'left' } })).items
        .filter(({ person }) => gone.includes(person.userId!))
        .map(({ at, filled }) => [at, filled])
    await expect.poll(left, { timeout: 60_000 }).toEqual(gone.map(() => [next!.inForceAt, false]))
  },
)

test('the past is computed as it would have been, and who moved from which group to which is told', { timeout: 180_000 }, async () => {
  // The first order of all was so many days ago: what is before is empty, and computed no more.
  await expect
    .poll(async () => (await place.database.pool.query(`select 1 from rfm_versions where kind = 'past' and people = 0`)).rowCount, {
      timeout: 60_000,
    })
    .toBe(1)
  const { days } = await app.call('rfmDays', {})
  expect(days.slice(-2).map(({ past }) => past)).toEqual([true, false])
  expect(days.length).toBeGreaterThan(15)
  const { from, to, moves } = await app.call('rfmMovement', { query: { days: 7 } })
  expect((Date.parse(to!.day) - Date.parse(from!.day)) / day).toBe(7)
  const [then, today] = [score(orders, from!.asOf), score(orders, to!.asOf)]
  const naive = new Map<string, number>()
  for (const userId of today.keys()) {
    const key = `${then.get(userId)?.group ?? null} ${today.get(userId)!.group}`
    naive.set(key, (naive.get(key) ?? 0) + 1)
  }
  expect(new Map(moves.map((move) => [`${move.from} ${move.to}`, move.people]))).toEqual(naive)
  const { days: all } = await app.call('rfmDays', { query: { days: 730 } })
  expect(all.map((one) => one.day)).toEqual([...new Set(all.map((one) => one.day))].sort())
})

test('a person has scores, a group, since when, and the way there', async () => {
  const { current } = await app.call('rfm', {})
  const [person] = (await app.call('people', { query: { search: 'p-19' } })).items
  const { scores, figures, path } = await app.call('personRfm', { params: { id: person!.id } })
  const { recency, frequency, group, spent } = score(orders, current!.asOf).get('p-19')!
  expect(scores).toMatchObject({ recency, frequency, group })
  expect(figures).toMatchObject({ spent, orders: orders.filter(({ userId }) => userId === 'p-19').length })
  expect(path[0]!.group).toBe(group)
  expect(path.length).toBeGreaterThan(2)
  expect(path.map(({ at }) => at)).toEqual(path.map(({ at }) => at).sort((a, b) => b - a))
})
