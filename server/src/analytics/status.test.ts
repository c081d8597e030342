import { expect, test } from 'vitest'
import { checkDisk, describeDisk, describeExport, describeSender } from './status.ts'

test.each([
  [0, 'down', 'The disk is full (0 MiB free)'],
  [63 * 2 ** 20, 'down', 'Make room; it goes on by itself.'],
  [64 * 2 ** 20, 'degraded', 'Only 64 MiB are free'],
  [1.5 * 2 ** 30, 'degraded', 'Only 1.5 GiB are free'],
  [2 ** 31, 'ok', '2.0 GiB are free for the stores.'],
])('with %d bytes free the disk is %s, and the state says what to do', (free, state, detail) => {
  const component = describeDisk(free)
  expect(component).toMatchObject({ name: 'Disk', state })
  expect(component.detail).toContain(detail)
})

test('a data folder that is gone is said, and costs nobody the rest of the page', async () => {
  const gone = async (): Promise<number> => {
    throw new Error("ENOENT: no such file or directory, statfs '/data'")
  }
  expect(await checkDisk(gone)).toEqual([
    { name: 'Disk', state: 'down', detail: expect.stringContaining("(ENOENT: no such file or directory, statfs '/data')") },
  ])
  expect(await checkDisk(async () => null)).toEqual([])
})

const well = { tried: 10, failing: 0, error: null, waitingMs: 0 }

test('a provider that does not answer is told by how long the first message waits', () => {
  expect(describeSender('email', true, { ...well, waitingMs: 4_000 })).toMatchObject({
    state: 'ok',
    detail: 'The provider takes messages.',
  })
  expect(describeSender('email', true, { ...well, waitingMs: 8_000 })).toEqual({
    name: 'Sender: email',
    state: 'degraded',
    detail: 'The first message in line has waited for 8 s. The provider takes long to answer, or more comes in than goes out.',
  })
})

test('a provider that refuses is told with its words, down when it takes nothing', () => {
  const refused = { ...well, failing: 3, error: '451 try later', waitingMs: 9_000 }
  expect(describeSender('email', true, refused)).toMatchObject({
    state: 'degraded',
    detail: expect.stringContaining('3 of the latest 10 messages'),
  })
  expect(describeSender('email', true, { ...refused, tried: 3 })).toMatchObject({
    state: 'down',
    detail: expect.stringContaining('451 try later'),
  })
})

test('a channel without a provider says where its messages go', () => {
  expect(describeSender('email', false, undefined).detail).toContain('go to the sandbox')
  expect(describeSender('inbox', false, well).detail).toContain('for people to fetch')
})

test('a history that was lost is told before how many events wait', () => {
  const store = { name: 'ClickHouse', state: 'ok', detail: '' } as const
  expect(describeExport({ export: 0 }, store, null)).toMatchObject({ state: 'ok', detail: 'ClickHouse has everything.' })
  expect(describeExport({ export: 3 }, store, 'It is gone.')).toEqual({
    name: 'Export',
    state: 'down',
    detail: 'It is gone. 3 events wait.',
  })
})
