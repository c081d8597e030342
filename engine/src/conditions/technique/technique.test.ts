import { conditionSchema, type Condition, type JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { describeCondition, distanceKm } from '../../index.ts'
import { segment } from '../../test/definitions.ts'
import { day, hour, meet, noon, publish, segmentsOf } from '../../test/person.ts'

const bern = { lat: 46.94809, lng: 7.44744 }
const on = (os: string): JsonObject => ({ context: { os: { name: os } } })

/** When somebody is in the segment of this condition, told by hours after the first event. */
function live(where: Condition, events: readonly (readonly [at: number, extra: object])[]) {
  const person = meet(publish([segment('s', where)]))
  return {
    inAt(at: number): boolean {
      for (const [when, extra] of events) if (when <= at && when > person.now - noon) person.hear('Page Viewed', noon + when, extra)
      person.pass(noon + at)
      return 's' in segmentsOf(person)
    },
  }
}

describe('what was ever said', () => {
  const ios: Condition = { kind: 'context', field: 'os', compare: { op: 'is', value: 'iOS' } }
  const events = [
    [hour, on('iOS')],
    [2 * hour, on('Android')],
    [3 * hour, {}],
  ] as const

  it('stays true where the latest word changes, and leaves a window to the millisecond', () => {
    const said = (when: object, at: number) => live({ ...ios, ...when }, events).inAt(at)
    expect([said({}, hour), said({}, 2 * hour)]).toEqual([true, false])
    expect([said({ ever: true }, 0), said({ ever: true }, hour), said({ ever: true }, 300 * day)]).toEqual([false, true, true])
    expect([said({ within: '2 hours' }, 3 * hour - 1), said({ within: '2 hours' }, 3 * hour)]).toEqual([true, false])
  })

  it('asks each event by itself: another system is one that was said, and no word is none', () => {
    const other = (op: 'is-not' | 'missing') => {
      const compare = op === 'missing' ? ({ op } as const) : ({ op, value: 'iOS' } as const)
      return live({ kind: 'context', field: 'os', compare, ever: true }, events)
    }
    expect([other('is-not').inAt(hour), other('is-not').inAt(2 * hour), other('missing').inAt(day)]).toEqual([false, true, false])
  })

  it('takes a key that holds a dot itself before the path', () => {
    const both = { context: { 'os.name': 'iOS', os: { name: 'Android' } } }
    expect(live(ios, [[hour, both]]).inAt(hour)).toBe(true)
  })
})

describe('distance', () => {
  it('is that of the haversine formula on a sphere of 6371.0088 km', () => {
    // A degree of a great circle; half way round; over the pole; over the 180th meridian.
    expect(distanceKm({ lat: 0, lng: 0 }, { lat: 1, lng: 0 })).toBeCloseTo(111.19508, 4)
    expect(distanceKm({ lat: 0, lng: 0 }, { lat: 0, lng: 180 })).toBeCloseTo(Math.PI * 6371.0088, 6)
    expect(distanceKm({ lat: 89, lng: 0 }, { lat: 89, lng: 180 })).toBeCloseTo(2 * 111.19508, 4)
    expect(distanceKm({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 })).toBeCloseTo(111.19508, 4)
    expect(distanceKm(bern, { lat: 47.37689, lng: 8.54169 })).toBeCloseTo(95.49, 1)
    expect(distanceKm(bern, bern)).toBe(0)
  })

  it('counts the border as inside, and what is no place as nowhere', () => {
    const near = (location: object, km = 95.5) => live({ kind: 'near', point: bern, km }, [[hour, { context: { location } }]]).inAt(hour)
    const zurich = { latitude: 47.37689, longitude: 8.54169 }
    const exactly = distanceKm(bern, { lat: 47.37689, lng: 8.54169 })
    expect([near(zurich, exactly), near(zurich, exactly - 0.00001)]).toEqual([true, false])
    expect(near({ lat: 47.37689, lon: 8.54169 })).toBe(true)
    expect(
      [{ latitude: '47.3', longitude: 8.5 }, { latitude: 47.3 }, { latitude: 91, longitude: 8 }].map((place) => near(place, 20_000)),
    ).toEqual([false, false, false])
  })

  it('refuses a point that is none, and a trait with a window', () => {
    const is = (more: object) => conditionSchema.safeParse({ kind: 'near', point: bern, km: 5, ...more }).success
    expect([is({}), is({ trait: 'address' }), is({ ever: true })]).toEqual([true, true, true])
    expect([
      is({ point: { lat: 90.1, lng: 0 } }),
      is({ point: { lat: 0, lng: -181 } }),
      is({ km: 0 }),
      is({ trait: 'a', ever: true }),
    ]).toEqual([false, false, false, false])
    expect(is({ ever: true, within: '1 day' })).toBe(false)
  })
})

it('reads as a sentence', () => {
  const said = (condition: Condition) => describeCondition(condition)
  expect(said({ kind: 'context', field: 'os', compare: { op: 'is', value: 'iOS' }, ever: true })).toBe('Ever used a system that is iOS')
  expect(said({ kind: 'context', field: 'country', compare: { op: 'is', value: 'CH' }, within: '30 days' })).toBe(
    'Was in a country that is CH in the last 30 days',
  )
  expect(said({ kind: 'near', point: bern, km: 25 })).toBe('Was last within 25 km of 46.94809, 7.44744')
  expect(said({ kind: 'near', point: bern, km: 25, trait: 'address' })).toBe('Address is within 25 km of 46.94809, 7.44744')
  expect(said({ kind: 'reachable', channel: 'email', topic: 'news' })).toBe('Can be reached by email about news')
})
