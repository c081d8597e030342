import { describe, expect, it } from 'vitest'
import type { ProviderStore } from '../providers/store.ts'
import { makeLine } from './line.ts'

const SLOTS = 10
const active = { provider: { name: 'test', slots: SLOTS } }
const providers = { loaded: true, current: () => active, share: () => null } as unknown as ProviderStore

describe('the line of a channel', () => {
  it('has room for live messages however many of bulk are on their way', () => {
    const line = makeLine('email', providers)
    const now = Date.now()
    line.begin(line.room('bulk', now), 'bulk')
    expect(line.room('bulk', now)).toBe(0)
    expect(line.room('live', now)).toBe(3 * SLOTS)
    line.begin(3 * SLOTS, 'live')
    expect(line.room('live', now)).toBe(0)
    line.end(5, 'live')
    expect(line.room('live', now)).toBe(5)
  })

  it('takes up less of bulk while live messages come, and as much as before a while after the last one', () => {
    const line = makeLine('email', providers)
    const now = Date.now()
    const alone = line.room('bulk', now)
    line.begin(1, 'live')
    line.end(1, 'live')
    expect(line.room('bulk', now)).toBeLessThan(alone / 2)
    expect(line.room('bulk', Date.now() + 5_000)).toBe(alone)
  })
})
