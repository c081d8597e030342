import {
  channelKinds,
  durationToMs,
  journeyAnswersSchema,
  journeySchema,
  msToDuration,
  reactionKinds,
  templateSchema,
  watchedPlaces,
  type Condition,
  type Definition,
  type JourneyAnswers,
  type JourneyDefinition,
} from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { did, emailTemplate, inboxTemplate, journey, mail, note, pause, segment } from '../../test/definitions.ts'
import { day, edges, hour, meet, minute, noon, publish } from '../../test/person.ts'
import { validateDefinitions } from '../../definitions/index.ts'
import { answersOf, draftFromAnswers, readAnswers } from './index.ts'

const events = fc.constantFrom('Newsletter Subscribed', 'Product Added', 'Order Completed', 'Offline Purchase', 'App Opened')
const match = fc.record({ event: events }, { requiredKeys: ['event'] })
const time = (least: number) => fc.integer({ min: least, max: 72 }).map((hours) => msToDuration(hours * hour))
const subset = <T>(of: readonly T[], minLength = 0) => fc.shuffledSubarray([...of], { minLength })
const words = (of: readonly string[]) => subset(of).map((list) => list.toSorted())

const both: Condition = { kind: 'all', of: [did('A'), did('B')] }
const answers: fc.Arbitrary<JourneyAnswers> = fc
  .record(
    {
      name: fc.constantFrom('Welcome', 'Win them back'),
      starts: fc.array(
        fc.oneof(
          match.map((on) => ({ kind: 'event' as const, on })),
          fc.constant({ kind: 'event' as const, on: { event: 'Product Added' }, if: did('Order Completed') }),
          fc.constant({
            kind: 'segment' as const,
            segment: 'vip',
            change: 'entered' as const,
            if: both,
          }),
          fc.constant({ kind: 'api' as const }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      mostADay: fc.integer({ min: 1, max: 500 }),
      often: fc.record({ times: fc.integer({ min: 1, max: 5 }), within: time(1) }),
      again: fc.oneof(
        fc.constantFrom({ kind: 'never' as const }, { kind: 'always' as const }),
        time(1).map((length) => ({ kind: 'after' as const, time: length })),
      ),
      expected: match,
      wait: time(1),
      milestones: fc.array(
        match.map((on) => ({ name: `Did ${on.event}`, on })),
        { maxLength: 3 },
      ),
      languages: words(['de', 'en', 'tr']),
      countries: words(['DE', 'NL']),
      interactions: fc.integer({ min: 1, max: 5 }),
      channels: subset(channelKinds, 1),
      reactions: subset(reactionKinds).map((list) => reactionKinds.filter((one) => list.includes(one))),
      greetBy: fc.constantFrom('firstName', 'first name', 'name.first'),
      show: words(['name', 'cart.total', 'größe']),
      first: time(0),
      next: time(0),
      watched: subset(watchedPlaces).map((list) => watchedPlaces.filter((one) => list.includes(one))),
      offline: fc.uniqueArray(match, { maxLength: 2, selector: ({ event }) => event }),
      goal: fc.record({ name: fc.constantFrom('Bought', 'Again'), on: match, again: fc.boolean() }, { requiredKeys: ['on', 'again'] }),
      counted: time(1),
      link: fc.constantFrom('https://shop.example/', 'https://shop.example/new?a=1&b="2"'),
    },
    {
      requiredKeys: [
        'name',
        'starts',
        'again',
        'expected',
        'wait',
        'milestones',
        'languages',
        'countries',
        'interactions',
        'channels',
        'reactions',
        'show',
        'first',
        'next',
        'watched',
        'offline',
        'goal',
        'counted',
        'link',
      ],
    },
  )
  .map((one) => ({ ...one, next: durationToMs(one.next) < durationToMs(one.wait) ? one.wait : one.next }))

const vip = segment('vip', did('Order Completed'))

describe('a journey drawn from answers', () => {
  it('is what the schemas allow, fits its templates, and answers the questions as they were answered', () => {
    fc.assert(
      fc.property(answers, (given) => {
        expect(journeyAnswersSchema.safeParse(given).error?.issues ?? []).toEqual([])
        const drafted = draftFromAnswers(given, { id: 'drawn', templates: [] })
        expect(journeySchema.safeParse(drafted.journey).error?.issues ?? []).toEqual([])
        for (const template of drafted.templates) expect(templateSchema.safeParse(template).error?.issues ?? []).toEqual([])
        expect(validateDefinitions([drafted.journey, ...drafted.templates, vip], [])).toEqual([])
        const read: { readonly [key: string]: unknown } = readAnswers(drafted.journey, drafted.templates)
        const { link: _, next, reactions, watched, ...said } = given
        // Who is told one thing is told no second thing after a time, nor anything by what they did with the first.
        const answered: object = given.interactions === 1 ? { ...said, reactions: [], watched: [] } : { ...said, next, reactions, watched }
        for (const [key, value] of Object.entries(answered)) expect({ [key]: read[key] }).toEqual({ [key]: value })
        for (const key of Object.keys(read)) if (!(key in answered)) expect(read[key]).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

/** The worked example, as far as its channels are there. */
const example: JourneyAnswers = {
  name: 'First order',
  starts: [{ kind: 'event', on: { event: 'Newsletter Subscribed' } }],
  aboutADay: 100,
  again: { kind: 'never' },
  expected: { event: 'Order Completed' },
  wait: '1 day',
  milestones: [{ name: 'Ordered', on: { event: 'Order Completed' } }],
  languages: ['en', 'de'],
  countries: ['DE', 'GB'],
  interactions: 2,
  channels: ['email', 'inbox', 'webhook'],
  reactions: ['opened', 'clicked'],
  greetBy: 'firstName',
  show: [],
  first: '0 minutes',
  next: '2 days',
  watched: ['site', 'app'],
  offline: [{ event: 'Offline Purchase' }],
  goal: { name: 'Repeat purchase', on: { event: 'Order Completed' }, again: true },
  counted: '1 day',
  link: 'https://shop.example/',
}
const drawn = draftFromAnswers(example, { id: 'first-order', templates: [] })
const come = () => {
  const person = meet(
    publish([drawn.journey, ...drawn.templates], { consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } }),
  )
  person.hear('Identified', noon, { type: 'identify', properties: { email: 'a@shop.example', language: 'de', country: 'DE' } })
  return person
}

describe('the journey of the worked example', () => {
  it('writes at once, and after a day or two to whoever has not ordered', () => {
    const person = come()
    expect(edges(person.hear('Newsletter Subscribed', noon + minute))).toEqual(['entry', 'message-1:next'])
    expect(edges(person.pass(noon + minute + day))).toEqual(['check-1:otherwise', 'way-1:otherwise', 'answer-1:otherwise'])
    expect(edges(person.pass(noon + minute + 2 * day))).toEqual(['pause-1:otherwise', 'message-2:next'])
    expect(edges(person.pass(noon + minute + 3 * day))).toEqual(['check-2:otherwise', 'way-2:otherwise', 'left:exit'])
  })

  it('thanks whoever orders, and counts a second order within a day of that, not the first', () => {
    const person = come()
    person.hear('Newsletter Subscribed', noon + minute)
    expect(edges(person.hear('Order Completed', noon + 2 * hour))).toEqual(['goal:1', 'check-1:0', 'thanks:next', 'left:end'])
    expect(edges(person.hear('Order Completed', noon + 20 * hour))).toEqual(['goal:0'])
  })

  it('counts what is bought offline, also when the CRM tells of it late', () => {
    const person = come()
    person.hear('Newsletter Subscribed', noon + minute)
    expect(edges(person.hear('Offline Purchase', noon + 3 * hour))).toEqual(['check-1:1', 'thanks:next', 'left:end'])
  })

  it('keeps the templates that somebody has written already', () => {
    const [written] = drawn.templates
    expect(draftFromAnswers(example, { id: 'first-order', templates: [written!] }).templates.map(({ id }) => id)).toEqual(
      drawn.templates.slice(1).map(({ id }) => id),
    )
  })
})

describe('the seventeen answers', () => {
  const answer = (of: JourneyDefinition, definitions: readonly Definition[] = []) =>
    Object.fromEntries(answersOf(of, definitions).map(({ number, answer: words }) => [number, words]))

  it('of a journey that was drawn from answers say in sentences what was answered', () => {
    expect(answer(drawn.journey, drawn.templates)).toMatchInlineSnapshot(`
      {
        "1": "When Newsletter Subscribed happens.",
        "10": "E-mail, the inbox on the site and a webhook.",
        "11": "Whether they opened it or clicked a link.",
        "12": "Of the person: firstName.",
        "13": "At once; the next 2 days later, if nothing comes of it.",
        "14": "On the web site and in the app.",
        "15": "Yes: Offline Purchase.",
        "16": "Repeat purchase (Order Completed, by whoever did Order Completed at least 2 times).",
        "17": "1 day after the latest message.",
        "2": "As many as it starts for; there is no cap.",
        "3": "No cap of its own: as the next answer says.",
        "4": "Once only.",
        "5": "Order Completed.",
        "6": "Up to 1 day.",
        "7": "Order Completed or Offline Purchase: yes or no; counted on the way: Ordered (Order Completed); asked on the way: Offline Purchase, offline; Came to the site; Came to the app.",
        "8": "For those who speak en, de; for those in DE, GB.",
        "9": "2.",
      }
    `)
  })

  it('are given by a journey that was drawn by hand, too', () => {
    const hand = journey({
      entry: undefined,
      entries: [{ kind: 'event', on: { event: 'Product Added' }, if: did('Order Completed') }, { kind: 'api' }],
      reentry: { kind: 'after', time: '7 days' },
      key: 'cart_id',
      exits: [{ kind: 'consent-withdrawn', channel: 'email' }],
      start: 'hours',
      steps: {
        hours: { kind: 'time-window', from: '09:00', to: '20:00', next: 'halves' },
        halves: { kind: 'random-split', paths: [{ weight: 1, next: 'say' }, { weight: 1 }] },
        say: note('pause'),
        pause: pause('1 hour', 'write'),
        write: mail(),
      },
    }) as JourneyDefinition
    expect(answer(hand, [inboxTemplate, emailTemplate])).toMatchInlineSnapshot(`
      {
        "1": "When Product Added happens, if the person did Order Completed; or when a program asks for it.",
        "10": "The inbox on the site and e-mail.",
        "11": "None.",
        "12": "Nothing: everybody gets the same words.",
        "13": "After these: go on only from 09:00 to 20:00, by the person’s clocks; the next 1 hour later, if nothing comes of it.",
        "14": "Wherever events come from: nothing here asks for the site or the app alone.",
        "15": "Not asked for: events of tills and of the CRM count where they bear the same names.",
        "16": "None: they leave at the end of the way. One other thing ends it early.",
        "17": "There is no goal.",
        "2": "As many as it starts for; there is no cap.",
        "3": "No cap of its own: as the next answer says. Once for each cart_id, side by side.",
        "4": "Again after 7 days.",
        "5": "It waits for nothing, and has no goal.",
        "6": "It does not wait for it.",
        "7": "Nothing.",
        "8": "In all: nobody is left out by language or country.",
        "9": "Up to 2.",
      }
    `)
  })

  it('say so where a journey goes round, sends nothing, or has no goal', () => {
    const round = journey({ goal: { on: { event: 'Paid' } }, steps: { say: note('w'), w: pause('1 day', 'say') } }) as JourneyDefinition
    expect(answer(round)).toMatchObject({ 9: 'As many as they go round for.', 16: 'Paid.', 17: 'As long as they are on the way.' })
    const silent = journey({ steps: { w: pause('1 day') } }) as JourneyDefinition
    expect(answer(silent)).toMatchObject({ 9: 'None.', 10: 'None: it sends nothing.', 13: 'There is none.', 17: 'There is no goal.' })
  })
})
