import { templateSchema } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { emailTemplate, inboxTemplate, journey, mail, note, pause } from '../test/definitions.ts'
import { day, facts, hour, meet, minute, noon, only, publish, type Person } from '../test/person.ts'
import { mergeProfiles } from '../advance/index.ts'

const granted = { email: 'granted', inbox: 'granted', sms: 'granted' } as const
const quietHours = { from: '22:00', to: '09:00', exempt: ['inbox' as const] }
const night = noon + 11 * hour
const identified = { type: 'identify', properties: { email: 'jane@shop.com', timezone: 'Europe/Berlin' } } as const
const again = { on: { event: 'Product Added' }, reentry: { kind: 'always' } }

function come(parts: Parameters<typeof journey>[0], settings: object): Person {
  const text = templateSchema.parse({ kind: 'template', id: 'text', name: 'Text', channel: 'sms', body: 'Hello' })
  const person = meet(publish([emailTemplate, inboxTemplate, text, journey(parts)], { consentDefaults: granted, ...settings }))
  person.hear('Identified', noon, identified)
  return person
}
const sayings = (person: Person) =>
  only(person.effects, 'message').map(({ channel, decision, at }) => `${channel} ${decision.kind} +${(at - noon) / hour}`)
const reasons = (person: Person) =>
  only(person.effects, 'message').flatMap(({ decision, reason }) => (decision.kind === 'hold' ? [reason] : []))

describe('quiet hours', () => {
  it('hold marketing until they are over by the person’s clocks, and say so', () => {
    const person = come({ steps: { say: mail() } }, { quietHours })
    // 23:00 in London is 01:00 in Berlin; 09:00 there is 07:00 of UTC.
    person.hear('Product Added', night)
    expect(sayings(person)).toEqual([])
    expect(only(person.effects, 'fact').find(({ name }) => name === 'Message Delayed')?.properties).toMatchObject({
      channel: 'email',
      template: 'mail',
      rule: 'quiet-hours',
      reason: 'Held until 09:00 their time: quiet hours',
    })
    person.pass(noon + 2 * day)
    expect(sayings(person)).toEqual(['email send +19'])
  })

  it('ask everything again when they are over: nobody is told of a cart that they have paid, or what they opted out of', () => {
    const paid = come({ goal: { on: { event: 'Order Completed' } }, steps: { say: mail() } }, { quietHours })
    paid.hear('Product Added', night)
    paid.hear('Order Completed', night + hour)
    paid.pass(noon + 2 * day)
    expect([sayings(paid), facts(paid.effects).includes('Goal Reached +720')]).toEqual([[], true])
    const left = come({ steps: { say: mail() } }, { quietHours })
    left.hear('Product Added', night)
    left.hear('Consent Changed', night + hour, { properties: { channel: 'email', state: 'withdrawn' } })
    left.pass(noon + 2 * day)
    expect(sayings(left)).toEqual(['email hold +19'])
  })

  it('spare channels that disturb nobody, service messages, and the rest of the day', () => {
    const exempt = come({ steps: { say: note() } }, { quietHours })
    exempt.hear('Product Added', night)
    const receipt = come({ steps: { say: { ...mail(), purpose: 'transactional' } } }, { quietHours })
    receipt.hear('Product Added', night)
    const noonMail = come({ steps: { say: mail() } }, { quietHours })
    noonMail.hear('Product Added', noon + minute)
    expect([exempt, receipt, noonMail].map((person) => sayings(person).length)).toEqual([1, 1, 1])
  })
})

describe('frequency caps', () => {
  const cap = { channel: null, times: 2, within: '7 days' }

  it('hold back what is one too many, and say when there is room again', () => {
    const person = come({ entry: again, steps: { say: note() } }, { frequencyCaps: [cap] })
    for (const at of [1, 25, 49]) person.hear('Product Added', noon + at * hour)
    expect(sayings(person)).toEqual(['inbox send +1', 'inbox send +25', 'inbox hold +49'])
    expect(reasons(person)).toEqual(['Held back: had 2 messages within 7 days, your limit. Next chance Monday 13:00'])
    person.hear('Product Added', noon + 7 * day + hour)
    expect(sayings(person).at(-1)).toBe('inbox send +169')
  })

  it('count a channel by itself, and neither receipts nor what nobody got', () => {
    const steps = { mail: mail('note'), note: { ...note(), purpose: 'transactional' } }
    const person = come({ entry: again, steps }, { frequencyCaps: [{ channel: 'email', times: 1, within: '1 day' }] })
    person.hear('Product Added', noon + hour)
    person.hear('Product Added', noon + 2 * hour)
    expect(reasons(person)).toEqual(['Held back: had 1 message by e-mail within 1 day, your limit. Next chance Tuesday 13:00'])
    const { id } = only(person.effects, 'message')[0]!
    person.hear('Message Held Back', noon + 3 * hour, { type: 'outcome', properties: { message_id: id } })
    person.hear('Product Added', noon + 4 * hour)
    expect(sayings(person).filter((said) => said.startsWith('email'))).toEqual(['email send +1', 'email hold +2', 'email send +4'])
  })

  it('let the best channel go on to the next one', () => {
    const channels = [
      { channel: 'email', template: 'mail' },
      { channel: 'inbox', template: 'note' },
    ]
    const settings = { frequencyCaps: [{ channel: 'email', times: 1, within: '1 day' }] }
    const person = come({ entry: again, steps: { say: { kind: 'best-message', channels } } }, settings)
    for (const at of [1, 2]) person.hear('Product Added', noon + at * hour)
    expect(sayings(person)).toEqual(['email send +1', 'inbox send +2'])
  })

  it('are a journey’s own too', () => {
    const steps = { one: note('pause'), pause: pause('1 hour', 'two'), two: note() }
    const person = come({ mostMessages: { times: 1, within: '1 day' }, steps }, {})
    person.hear('Product Added', noon)
    person.pass(noon + day)
    expect(reasons(person)).toEqual(['Held back: had 1 message of Recover carts within 1 day, its limit. Next chance Tuesday 12:00'])
  })

  it('count what both have got of two people who prove to be one, each message once', () => {
    const settings = { frequencyCaps: [cap] }
    const [jane, other] = [1, 2].map((hours) => {
      const person = come({ entry: again, steps: { say: note() } }, settings)
      person.hear('Product Added', noon + hours * hour)
      return person
    })
    const loser = {
      ...other!.profile,
      id: 'p2',
      messaged: other!.profile.messaged!.map(([at, ...rest]) => [at, rest[0], rest[1], 'other'] as const),
    }
    jane!.take((profile, ctx) => mergeProfiles(profile, loser, ctx), noon + 3 * hour)
    jane!.take((profile, ctx) => mergeProfiles(profile, { ...loser, id: 'p3', runs: [] }, ctx), noon + 4 * hour)
    expect(jane!.profile.messaged).toHaveLength(2)
    jane!.hear('Product Added', noon + 5 * hour)
    expect(sayings(jane!).at(-1)).toBe('inbox hold +5')
  })
})
