import { templateSchema, type ChannelKind, type JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { ruleNames } from '../index.ts'
import { emailTemplate, inboxTemplate, journey, mail, note } from '../test/definitions.ts'
import { hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const decision = (prepare: (person: Person) => void, options: { purpose?: 'transactional'; consent?: 'granted'; steps?: object } = {}) => {
  const steps = options.steps ?? { say: { ...mail(), ...(options.purpose !== undefined && { purpose: options.purpose }) } }
  const consentDefaults = { email: options.consent ?? 'withdrawn', inbox: 'granted', webhook: 'granted' } as const
  const person = meet(publish([emailTemplate, inboxTemplate, journey({ steps })], { consentDefaults }))
  prepare(person)
  return only(person.hear('Product Added', noon + hour), 'message').map(
    (message) => [message.decision, message.reason, message.address] as const,
  )[0]
}
const identify = (person: Person, email: string) => person.hear('Identified', noon - 3 * hour, { type: 'identify', properties: { email } })
const consent = (person: Person, properties: JsonObject, at = noon - 2 * hour, extra = {}) =>
  person.hear('Consent Changed', at, { properties: { channel: 'email', ...properties }, ...extra })
const suppress = (person: Person, reason: string) =>
  person.hear('Address Suppressed', noon - hour, { properties: { channel: 'email', address: 'jane@shop.com', reason } })
const held = (rule: string, reason: string, address: string | null = 'jane@shop.com') => [{ kind: 'hold', rule }, reason, address]

describe('policy', () => {
  it('asks consent, suppression and reachability, in this order', () => {
    expect(ruleNames).toEqual(['consent', 'suppression', 'reachability', 'alone', 'frequency-cap', 'journey-cap', 'quiet-hours'])
    expect(decision(() => undefined)).toEqual(held('consent', 'Held back: has not agreed to e-mail', null))
    expect(decision(() => undefined, { consent: 'granted' })).toEqual(
      held('reachability', 'Held back: has no e-mail address that mail can be sent to', null),
    )
  })

  it('holds back what the person withdrew, and says when and where', () => {
    const at = Date.UTC(2026, 4, 3, 8)
    expect(
      decision(
        (person) => {
          identify(person, 'jane@shop.com')
          consent(person, { state: 'withdrawn', source: 'preference centre' }, noon - hour, { timestamp: at })
        },
        { consent: 'granted' },
      ),
    ).toEqual(held('consent', 'Held back: withdrew e-mail consent on 3 May (preference centre)'))
  })

  it('sends after the later grant, and not after an older one', () => {
    const after = (first: string, second: string) =>
      decision((person) => {
        identify(person, ' jane@shop.com ')
        consent(person, { state: first }, noon - 90 * 60_000)
        consent(person, { state: second }, noon - hour)
      })?.[0].kind
    expect([after('withdrawn', 'granted'), after('granted', 'withdrawn')]).toEqual(['send', 'hold'])
  })

  it('never lets an import lift an opt-out, in whatever order they come', () => {
    for (const imported of [noon - hour, noon - 3 * hour]) {
      expect(
        decision((person) => {
          identify(person, 'jane@shop.com')
          const say = [
            [noon - 2 * hour, () => consent(person, { state: 'withdrawn' }, noon - 2 * hour)],
            [imported, () => consent(person, { state: 'granted' }, imported, { lane: 1, triggers: false })],
          ] as const
          for (const [, speak] of [...say].sort(([a], [b]) => a - b)) speak()
        })?.[0],
      ).toEqual({ kind: 'hold', rule: 'consent' })
    }
  })

  it('lets an import bring consent where the person has said nothing', () => {
    expect(
      decision((person) => {
        identify(person, 'jane@shop.com')
        consent(person, { state: 'granted' }, noon - hour, { lane: 1, triggers: false })
      })?.[0].kind,
    ).toBe('send')
  })

  it('holds an unsubscribe at once', () => {
    expect(
      decision(
        (person) => {
          identify(person, 'jane@shop.com')
          person.hear('Unsubscribed', noon - hour, { properties: { channel: 'email' } })
        },
        { consent: 'granted' },
      )?.[1],
    ).toBe('Held back: withdrew e-mail consent on 4 May (unsubscribe link)')
  })

  it('sends a receipt without marketing consent, but not to an address that bounced', () => {
    const receipt = (bounces: boolean) =>
      decision(
        (person) => {
          identify(person, 'Jane@shop.com')
          if (bounces) suppress(person, 'bounced')
        },
        { purpose: 'transactional' },
      )?.[0]
    expect(receipt(false)).toEqual({ kind: 'send' })
    expect(receipt(true)).toEqual({ kind: 'hold', rule: 'suppression' })
  })

  it('sends receipts, and no marketing, to an address that unsubscribed, until it is released', () => {
    const to = (purpose: 'transactional' | undefined, release: boolean) =>
      decision(
        (person) => {
          identify(person, ' Jane@shop.com')
          suppress(person, 'unsubscribed')
          if (release) person.hear('Address Released', noon - 30 * 60_000, { properties: { channel: 'email', address: 'jane@shop.com' } })
        },
        { consent: 'granted', ...(purpose !== undefined && { purpose }) },
      )
    expect(to(undefined, false)).toEqual(held('suppression', 'Held back: Jane@shop.com has unsubscribed', 'Jane@shop.com'))
    expect([to('transactional', false)?.[0].kind, to(undefined, true)?.[0].kind]).toEqual(['send', 'send'])
  })

  it('reaches the inbox by the profile alone, and goes on after a message held back', () => {
    const steps = { mail: mail('note'), note: note() }
    const person = meet(publish([emailTemplate, inboxTemplate, journey({ steps })]))
    const effects = person.hear('Product Added', noon)
    expect(only(effects, 'message').map(({ channel, decision: { kind }, address }) => [channel, kind, address])).toEqual([
      ['email', 'hold', null],
      ['inbox', 'send', 'p1'],
    ])
    expect(only(effects, 'fact').map(({ name }) => name)).toEqual([
      'Journey Entered',
      'Message Held Back',
      'Message Planned',
      'Journey Left',
    ])
  })

  it.each<[channel: ChannelKind, traits: JsonObject, address: string | null]>([
    ['sms', { phone: ' tel:0049 (151) 234-567.89' }, '+4915123456789'],
    ['sms', { phone: '0151 23456789' }, null],
    ['whatsapp', { phone: '+1 415 555 0100' }, '+14155550100'],
    ['web-push', { web_push_token: ' w1 ' }, 'w1'],
    ['app-push', { web_push_token: 'w1' }, null],
    ['on-site', {}, 'p1'],
    ['ad-audience', { email: 'Jane@Shop.com', phone: '+14155550100' }, 'jane@shop.com'],
    ['ad-audience', { email: 'jane', phone: '+14155550100' }, '+14155550100'],
    [
      'direct-mail',
      { address: { street: 'Neue Str. 5', postalCode: '20095', city: 'Hamburg', country: 'DE' } },
      'Neue Str. 5, 20095 Hamburg, DE',
    ],
    ['direct-mail', { address: { street: 'Neue Str. 5', city: 'Hamburg' } }, null],
  ])('reaches by %s whom it has an address of: %j', (channel, traits, address) => {
    const text = {
      kind: 'template',
      id: 'text',
      name: 'Text',
      channel,
      body: 'Hello',
      ...(channel === 'sms' || channel === 'whatsapp' ? {} : { title: 'Hi' }),
    }
    const steps = { say: { kind: 'message', channel, template: 'text' } }
    const person = meet(publish([templateSchema.parse(text), journey({ steps })], { consentDefaults: { [channel]: 'granted' } }))
    person.hear('Identified', noon - hour, { type: 'identify', properties: traits })
    const [message] = only(person.hear('Product Added', noon), 'message')
    expect([message?.address, message?.decision.kind]).toEqual([address, address === null ? 'hold' : 'send'])
  })

  it('holds a message whose template is not published', () => {
    const person = meet(publish([journey({ steps: { say: note() } })]))
    expect(only(person.hear('Product Added', noon), 'message')).toMatchObject([
      { decision: { kind: 'hold', rule: 'template' }, reason: 'Held back: the template note is not published' },
    ])
  })
})
