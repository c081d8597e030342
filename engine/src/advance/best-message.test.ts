import { templateSchema, type JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { emailTemplate, inboxTemplate, journey } from '../test/definitions.ts'
import { day, edges, hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const text = templateSchema.parse({ kind: 'template', id: 'text', name: 'Text', channel: 'sms', body: 'Hello' })
const channels = [
  { channel: 'email', template: 'mail' },
  { channel: 'sms', template: 'text' },
  { channel: 'inbox', template: 'note' },
]
const granted = { email: 'granted', sms: 'granted', inbox: 'granted' } as const

function come(traits: JsonObject, more: object = {}, consentDefaults: object = granted, journeyParts: object = {}): Person {
  const steps = { say: { kind: 'best-message', channels, ...more, next: 'after' }, after: { kind: 'wait', for: '30 days' } }
  const person = meet(publish([emailTemplate, inboxTemplate, text, journey({ ...journeyParts, steps })], { consentDefaults }))
  person.hear('Identified', noon - hour, { type: 'identify', properties: traits })
  person.hear('Product Added', noon)
  return person
}
const sayings = (person: Person) =>
  only(person.effects, 'message').map(({ channel, decision, at }) => `${channel} ${decision.kind} +${(at - noon) / hour}`)
const answer = (person: Person, name: string, at: number, properties: JsonObject = {}) => {
  const { id } = only(person.effects, 'message').at(-1)!
  person.hear(name, at, { type: 'outcome', source: 'throughline', properties: { message_id: id, ...properties } })
}
const jane = { email: 'jane@shop.com', phone: '+49 151 23456789' }

describe('a message by the best channel', () => {
  it('goes by the first that reaches the person and that they allow, at once, and says why', () => {
    expect(sayings(come(jane))).toEqual(['email send +0'])
    const textOnly = come({ phone: jane.phone })
    expect(sayings(textOnly)).toEqual(['sms send +0'])
    expect(only(textOnly.effects, 'message')[0]?.reason).toBe(
      'By SMS: has no e-mail address that mail can be sent to. Sent: entered Recover carts by Product Added just now',
    )
    expect(sayings(come(jane, {}, { inbox: 'granted' }))).toEqual(['inbox send +0'])
    expect(edges(textOnly.effects)).toEqual(['entry', 'say:next'])
  })

  it('is held back once, with the reason of each channel, where none is open', () => {
    const nobody = come({}, { channels: channels.slice(0, 2) }, {})
    expect(only(nobody.effects, 'message').map(({ decision, reason }) => [decision, reason])).toEqual([
      [{ kind: 'hold', rule: 'no-channel' }, 'Held back: no channel is open: has not agreed to e-mail; has not agreed to SMS'],
    ])
    expect(edges(nobody.effects)).toEqual(['entry', 'say:next'])
  })

  it('comes by the next channel when it is not answered in time, and by no more than there are', () => {
    const silent = come(jane, { unanswered: '2 days' })
    silent.pass(noon + 10 * day)
    expect(sayings(silent)).toEqual(['email send +0', 'sms send +48', 'inbox send +96'])
    expect(new Set(only(silent.effects, 'message').map(({ id }) => id)).size).toBe(3)
    expect(only(silent.effects, 'message')[1]?.reason).toMatch(/^By SMS: the e-mail was not answered within 2 days\. Sent: /)
    expect(edges(silent.effects)).toEqual(['entry', 'say:next'])
  })

  it('comes once to whoever opens or clicks by the instant at which the time is up, and not because a machine does', () => {
    for (const name of ['Message Opened', 'Message Clicked']) {
      const person = come(jane, { unanswered: '2 days' })
      answer(person, name, noon + 2 * day)
      person.pass(noon + 10 * day)
      expect(sayings(person)).toEqual(['email send +0'])
    }
    const machine = come(jane, { unanswered: '2 days' })
    answer(machine, 'Message Opened', noon + day, { machine: true })
    machine.pass(noon + 3 * day)
    expect(sayings(machine)).toEqual(['email send +0', 'sms send +48'])
  })

  it('comes once to whoever has reached a goal that lets them stay', () => {
    const goals = [{ on: { event: 'Order Completed' }, afterwards: 'stay' }]
    const person = come(jane, { unanswered: '2 days' }, granted, { goals })
    person.hear('Order Completed', noon + day)
    person.pass(noon + 10 * day)
    expect(sayings(person)).toEqual(['email send +0'])
  })
})
