import { campaignSchema } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { enterCampaign, leaveCampaign, mergeProfiles, type SendOutcome } from '../index.ts'
import { emailTemplate, inboxTemplate, segment } from '../test/definitions.ts'
import { facts, hour, meet, minute, noon, only, publish, type Person } from '../test/person.ts'

const has = (trait: string) => ({ kind: 'trait', trait, compare: { op: 'is', value: true } }) as const
const campaign = (more: object = {}) =>
  campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: { segment: 'readers', except: ['buyers'] },
    message: { channel: 'inbox', template: 'note' },
    ...more,
  })
const definitions = (more: object = {}) =>
  publish([segment('readers', has('reads')), segment('buyers', has('buys')), inboxTemplate, emailTemplate, campaign(more)])
const person = (traits: object, more: object = {}, id?: string): Person => {
  const one = meet(definitions(more), id)
  one.hear('Identified', noon, { type: 'identify', properties: { ...traits } })
  return one
}
const call = (send = 'sale#1', slot: number | null = null) => ({
  campaign: 'sale',
  version: 1,
  send,
  slot,
  properties: { season: 'May' },
  part: 'all' as const,
  winner: null,
  band: null,
})
function send(one: Person, at: number, asked = call()): SendOutcome {
  let outcome: SendOutcome = 'outside'
  one.take((profile, ctx) => {
    const { outcome: found, ...result } = enterCampaign(profile, asked, ctx)
    outcome = found
    return result
  }, at)
  return outcome
}

describe('a campaign', () => {
  it('is for those in its segment and in no excluded one, once, whatever the next send is', () => {
    expect(send(person({}), noon + 1)).toBe('outside')
    expect(send(person({ reads: true, buys: true }), noon + 1)).toBe('excluded')
    const reader = person({ reads: true })
    expect(send(reader, noon + minute)).toBe('sent')
    expect(only(reader.effects, 'message')).toMatchObject([
      {
        send: 'sale#1',
        journey: 'campaign:sale',
        reason: 'Sent: is in the audience of the campaign Sale',
        variables: { event: { properties: { season: 'May' } } },
      },
    ])
    // That they came in and left says nothing on the timeline.
    expect(facts(reader.effects.slice(-4))).toEqual(['Message Planned +1'])
    expect(send(reader, noon + 2 * minute)).toBe('repeated')
    expect(send(reader, noon + 3 * minute, call('sale#2'))).toBe('sent')
    expect(new Set(only(reader.effects, 'message').map(({ id }) => id)).size).toBe(2)
  })

  it('is held back by the rules that hold for every message', () => {
    const reader = person({ reads: true }, { message: { channel: 'email', template: 'mail' } })
    expect(send(reader, noon + 1)).toBe('held')
    expect(only(reader.effects, 'message')).toMatchObject([{ send: 'sale#1', decision: { kind: 'hold', rule: 'consent' } }])
  })

  it('waits for the clocks of each person, unless they have shown its time, and not for who is excluded or cancelled meanwhile', () => {
    const byClocks = { when: { kind: 'daily', at: '15:00', zone: 'person' } }
    const asked = call('sale#1', noon + 3 * hour)
    const waiting = (): Person => {
      const one = person({ reads: true, timezone: 'UTC' }, byClocks)
      expect(send(one, noon + 1, asked)).toBe('waits')
      return one
    }
    const patient = waiting()
    expect(only(patient.pass(noon + 3 * hour - 1), 'message')).toEqual([])
    expect(only(patient.pass(noon + 3 * hour), 'message')).toMatchObject([{ at: noon + 3 * hour, send: 'sale#1' }])

    const buyer = waiting()
    buyer.hear('Identified', noon + hour, { type: 'identify', properties: { buys: true } })
    expect(only(buyer.pass(noon + 4 * hour), 'message')).toEqual([])
    expect(buyer.profile.runs).toEqual([])

    const cancelled = waiting()
    cancelled.take((profile, ctx) => {
      const { left, ...result } = leaveCampaign(profile, 'sale#1', ctx)
      expect(left).toBe(1)
      return result
    }, noon + hour)
    expect(only(cancelled.pass(noon + 4 * hour), 'message')).toEqual([])
    expect(only(cancelled.effects, 'run-over')).toHaveLength(1)

    const ahead = person({ reads: true, timezone: 'Asia/Tokyo' }, byClocks)
    expect(send(ahead, noon + 1, asked)).toBe('late')
  })

  it('comes once to somebody who had it as another profile', () => {
    const [one, other] = [person({ reads: true }, {}, 'p1'), person({ reads: true }, {}, 'p2')]
    expect(send(other, noon + minute)).toBe('sent')
    one.take((profile, ctx) => mergeProfiles(profile, other.profile, ctx), noon + 2 * minute)
    expect(send(one, noon + 3 * minute)).toBe('repeated')
  })
})
