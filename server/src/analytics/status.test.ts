import { expect, test } from 'vitest'
import { describeDisk } from './status.ts'

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
