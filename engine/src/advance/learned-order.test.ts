import { templateSchema, type AnswerRates, type Definition, type JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { compileDefinitions, mergeProfiles, type CompiledDefinitions } from '../index.ts'
import { emailTemplate, inboxTemplate, journey } from '../test/definitions.ts'
import { day, hour, meet, noon, only, type Person } from '../test/person.ts'

const text = templateSchema.parse({ kind: 'template', id: 'text', name: 'Text', channel: 'sms', body: 'Hello' })
const written = [
  { channel: 'email', template: 'mail' },
  { channel: 'sms', template: 'text' },
  { channel: 'inbox', template: 'note' },
]
const everybody: AnswerRates = {
  email: { sent: 1_000, answered: 200, strength: 10 },
  sms: { sent: 1_000, answered: 100, strength: 10 },
  inbox: { sent: 1_000, answered: 120, strength: 10 },
}

function define(more: object = {}, answers: AnswerRates | null = everybody): CompiledDefinitions {
  const say = { kind: 'best-message', channels: written, learned: { explore: 0 }, ...more }
  const steps = { say: { ...say, next: 'after' }, after: { kind: 'wait', for: '200 days' } }
  const definitions: Definition[] = [
    emailTemplate,
    inboxTemplate,
    text,
    journey({ entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } }, steps }),
  ]
  return compileDefinitions(
    definitions.map((definition, i) => ({ definition, version: 1, epoch: i + 1 })),
    { zone: 'UTC', consentDefaults: { email: 'granted', sms: 'granted', inbox: 'granted' } },
    answers === null ? null : { epoch: 0, rankedAt: null, answers },
  )
}
const traits: JsonObject = { email: 'jane@shop.com', phone: '+49 151 23456789' }

function jane(definitions: CompiledDefinitions, id = 'p1'): Person {
  const person = meet(definitions, id)
  person.hear('Identified', noon, { type: 'identify', properties: traits })
  return person
}
/** They got so many messages by a channel, and answered the first of them. */
function got(person: Person, channel: string, sent: number, answered: number, from = noon + hour): void {
  for (let i = 0; i < sent; i++) {
    const about = {
      type: 'outcome',
      source: 'throughline',
      properties: { message_id: `${person.profile.id} ${channel} ${i}`, channel },
    } as const
    person.hear('Message Sent', from + i * hour, about)
    if (i < answered) person.hear('Message Opened', from + i * hour + 1, about)
  }
}
const come = (person: Person, at = noon + 10 * day) => {
  const before = person.effects.length
  person.hear('Product Added', at)
  return only(person.effects.slice(before), 'message')
}
const first = (person: Person, at?: number) => come(person, at)[0]

describe('the channel that a person is likeliest to answer', () => {
  it('goes by what everybody answers as long as nothing is known of them, and says so', () => {
    const message = first(jane(define({ channels: [written[1], written[2], written[0]] })))
    expect(message?.channel).toBe('email')
    expect(message?.reason).toBe(
      'By e-mail: got none by e-mail yet (everybody: 20 %), got none by notification inbox yet (everybody: 12 %), got none by SMS yet (everybody: 10 %). Sent: entered Recover carts by Product Added just now',
    )
  })

  it('goes by what they answered themselves, and says what', () => {
    const person = jane(define())
    got(person, 'inbox', 5, 4)
    got(person, 'email', 3, 0, noon + day)
    const message = first(person)
    expect(message?.channel).toBe('inbox')
    expect(message?.reason).toMatch(
      /^By notification inbox: answered 4 of 5 by notification inbox \(everybody: 12 %\), answered 0 of 3 by e-mail \(everybody: 20 %\), got none by SMS yet/,
    )
  })

  it('lets old behaviour fade', () => {
    const person = jane(define())
    got(person, 'sms', 4, 4)
    expect(first(person, noon + 10 * day)?.channel).toBe('sms')
    expect(first(person, noon + 900 * day)?.channel).toBe('email')
  })

  it('passes over a channel that refuses, with both reasons, and takes the next in the learned order', () => {
    const person = meet(define())
    person.hear('Identified', noon, { type: 'identify', properties: { email: 'jane@shop.com' } })
    got(person, 'sms', 4, 4)
    got(person, 'inbox', 4, 3)
    const message = first(person)
    expect(message?.channel).toBe('inbox')
    expect(message?.reason).toMatch(/^By notification inbox: has no phone number.*; answered 3 of 4 by notification inbox/)
  })

  it('says it by the next likeliest when it is not answered', () => {
    const person = jane(define({ unanswered: '2 days' }))
    got(person, 'sms', 4, 4)
    come(person)
    person.pass(noon + 20 * day)
    expect(only(person.effects, 'message').map(({ channel }) => channel)).toEqual(['sms', 'email', 'inbox'])
  })

  it('keeps the order written while too little is known of the channels, before anything is computed, and where nothing is learned', () => {
    const answersSms = (definitions: CompiledDefinitions) => {
      const person = jane(definitions)
      got(person, 'sms', 5, 5)
      return first(person)
    }
    const few = { ...everybody, sms: { sent: 99, answered: 90, strength: 10 }, inbox: { sent: 2, answered: 1, strength: 10 } }
    for (const rates of [null, {}, few]) {
      const message = answersSms(define({}, rates))
      expect(message?.channel).toBe('email')
      expect(message?.reason).toMatch(
        /^By e-mail: in the order written, since too little was sent by the channels to compare them\. Sent: /,
      )
    }
    const asWritten = answersSms(define({ learned: undefined }))
    expect(asWritten?.channel).toBe('email')
    expect(asWritten?.reason).toMatch(/^Sent: /)
    expect(define({ learned: undefined }).leaves.size).toBe(0)
  })

  it('leaves a channel of which too little is known at its place', () => {
    const { inbox, sms } = everybody
    const person = jane(define({ unanswered: '1 day' }, { inbox: inbox!, sms: sms! }))
    come(person)
    person.pass(noon + 20 * day)
    expect(only(person.effects, 'message').map(({ channel }) => channel)).toEqual(['email', 'inbox', 'sms'])
  })

  it('waits while what they answered is being read from history', () => {
    const definitions = define()
    const person = jane(definitions)
    person.pending = new Set(definitions.leaves.keys())
    expect(come(person)).toEqual([])
    expect(person.profile.runs.map(({ step }) => step)).toEqual(['say'])
  })

  it('adds up what two people answered who prove to be one, whoever stays', () => {
    const definitions = define()
    const meetOne = (id: string, inbox: number): Person => {
      const person = jane(definitions, id)
      got(person, 'inbox', 4, inbox)
      return person
    }
    for (const [mine, theirs] of [
      [3, 1],
      [1, 3],
    ] as const) {
      const winner = meetOne('p1', mine)
      const loser = meetOne('p2', theirs)
      winner.take((profile, ctx) => mergeProfiles(profile, loser.profile, ctx), noon + 9 * day)
      expect(first(winner)?.reason).toMatch(/^By notification inbox: answered 4 of 8 by notification inbox/)
    }
  })
})

describe('a share that is drawn by lot', () => {
  const runs = 4_000
  const drawn = (explore: number) => {
    const definitions = define({ learned: { explore } })
    return Array.from({ length: runs }, (_, i) => first(jane(definitions, `person-${i}`))!)
  }
  /** Whether a count lies within four standard deviations of what a share gives. */
  const isAbout = (count: number, of: number, share: number): boolean =>
    Math.abs(count - of * share) < 4 * Math.sqrt(of * share * (1 - share))

  it('is as large as the step says, goes to every channel alike, and is the same however often it is asked', () => {
    const messages = drawn(10)
    const lots = messages.filter(({ reason }) => reason.includes('drawn by lot, as 10 in 100 are'))
    expect(isAbout(lots.length, runs, 0.1)).toBe(true)
    for (const channel of ['email', 'sms', 'inbox'])
      expect(isAbout(lots.filter((one) => one.channel === channel).length, lots.length, 1 / 3), channel).toBe(true)
    expect(messages.filter(({ reason }) => !reason.includes('drawn by lot')).every(({ channel }) => channel === 'email')).toBe(true)
    expect(drawn(10)).toEqual(messages)
  })

  it('is nobody where the step says 0', () => {
    expect(drawn(0).every(({ channel }) => channel === 'email')).toBe(true)
  })
})
