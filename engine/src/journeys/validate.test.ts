import type { ChannelKind, JourneyDefinition } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { describeJourney, validateDefinitions, validateJourney } from '../index.ts'
import { did, emailTemplate, inboxTemplate, journey, mail, note, pause, segment } from '../test/definitions.ts'

const templates = new Map<string, ChannelKind>([
  ['note', 'inbox'],
  ['mail', 'email'],
])
const problems = (steps: object, start?: string) =>
  validateJourney(journey({ steps, ...(start !== undefined && { start }) }) as JourneyDefinition, { templates, journeys: new Map() })

describe('checking a journey', () => {
  it('finds nothing wrong with a good one', () => {
    expect(problems({ w: pause('1 hour', 'say'), say: note('w') })).toEqual([])
  })

  it('names the step that leads nowhere, and its field', () => {
    expect(problems({ say: note('gone') })).toEqual([
      {
        field: 'steps.say.next',
        value: 'gone',
        allowed: 'one of say',
        message: 'step "say" of journey "j" leads to the step "gone", which does not exist',
      },
    ])
    expect(problems({ split: { kind: 'branch', paths: [{ if: did('A'), next: 'x' }], otherwise: 'y' } }).map(({ field }) => field)).toEqual(
      ['steps.split.paths.0.next', 'steps.split.otherwise'],
    )
    expect(
      problems({ wait: { kind: 'wait-for', any: [{ on: { event: 'A' }, next: 'x' }], upTo: '1 day' } }).map(({ field }) => field),
    ).toEqual(['steps.wait.any.0.next'])
  })

  it('refuses ids of steps by which goals and entries are counted', () => {
    const split = { kind: 'random-split', paths: [{ weight: 1 }, { weight: 1 }] }
    expect(problems({ goal: split })).toEqual([
      {
        field: 'steps.goal',
        value: 'goal',
        allowed: 'any other id, such as goal-step',
        message: 'a step of journey "j" has the id "goal", by which its goals are counted: give it another',
      },
    ])
    expect(problems({ entry: split })).toMatchObject([{ field: 'steps.entry' }])
  })

  it('names a start that does not exist', () => {
    expect(problems({ say: note() }, 'begin')).toMatchObject([{ field: 'start', value: 'begin', allowed: 'one of say' }])
  })

  it('names steps that nobody can come to', () => {
    expect(problems({ say: note(), lonely: pause('1 day', 'say') })).toMatchObject([
      { field: 'steps.lonely', message: 'nobody can come to the step "lonely" of journey "j": no step leads to it' },
    ])
  })

  it('names circles without a wait, and allows those with one', () => {
    expect(problems({ a: note('b'), b: { kind: 'update-profile', set: { x: 1 }, next: 'a' } })).toMatchObject([{ value: 'a → b → a' }])
    expect(problems({ a: note('b'), b: pause('0 seconds', 'a') })).toMatchObject([{ value: 'a → b → a' }])
    expect(
      problems({ a: note('b'), b: { kind: 'wait-for', any: [{ on: { event: 'A' }, next: 'a' }], upTo: '1 day', otherwise: 'a' } }),
    ).toEqual([])
  })

  it('names what a step asks about that is not there, does not come before, sends nothing, or has no such way', () => {
    const react = (of: string) => ({ kind: 'reaction', of, ways: [{ on: 'opened' }], upTo: '1 day' })
    const result = (of: string, is: object) => ({ kind: 'step-result', of, paths: [{ is }] })
    expect(problems({ say: note('react'), react: react('say') })).toEqual([])
    expect(problems({ say: note('react'), react: react('gone') })).toEqual([
      {
        field: 'steps.react.of',
        value: 'gone',
        allowed: 'a step before it that sends a message: say',
        message: 'step "react" of journey "j" asks about the step "gone", which does not exist',
      },
    ])
    expect(problems({ react: { ...react('say'), otherwise: 'say' }, say: note() }).map(({ message }) => message)).toEqual([
      'step "react" of journey "j" asks about the step "say", from which no way leads to it',
    ])
    expect(problems({ w: pause('1 hour', 'react'), react: react('w') }).map(({ message }) => message)).toEqual([
      'step "react" of journey "j" asks about the step "w", which sends no message',
    ])
    expect(problems({ w: pause('1 hour', 'look'), look: result('w', { kind: 'way', way: 'next' }) })).toEqual([])
    expect(problems({ w: pause('1 hour', 'look'), look: result('w', { kind: 'way', way: 1 }) })).toMatchObject([
      { field: 'steps.look.paths.0.is.way', allowed: 'one of next' },
    ])
    expect(problems({ w: pause('1 hour', 'look'), look: result('w', { kind: 'held' }) })).toHaveLength(1)
  })

  it('names a missing template, and one for another channel', () => {
    expect(problems({ say: { ...note(), template: 'gone' } })).toEqual([
      {
        field: 'steps.say.template',
        value: 'gone',
        allowed: 'a template for inbox: note',
        message: 'step "say" of journey "j" sends the template "gone", which does not exist',
      },
    ])
    expect(problems({ say: { ...mail(), template: 'note' } })).toMatchObject([
      { allowed: 'a template for email: mail', message: 'step "say" of journey "j" sends by email, but its template "note" is for inbox' },
    ])
  })
})

describe('checking definitions together', () => {
  it('finds templates among those published and those to come, and says which definition is wrong', () => {
    expect(validateDefinitions([journey({ steps: { say: note() } })], [inboxTemplate])).toEqual([])
    expect(validateDefinitions([inboxTemplate, journey({ steps: { say: note() } })], [])).toEqual([])
    expect(validateDefinitions([inboxTemplate, journey({ steps: { say: mail() } })], [])).toMatchObject([
      { index: 1, field: 'steps.say.template' },
    ])
  })

  it('refuses an id given twice, and a mail template with no body or two', () => {
    expect(validateDefinitions([inboxTemplate, inboxTemplate], [])).toMatchObject([
      { index: 1, message: 'template "note" is defined twice, as number 1 and number 2' },
    ])
    expect(
      validateDefinitions(
        [{ ...emailTemplate, html: undefined } as never, { ...emailTemplate, id: 'other', mjml: '<mjml/>' } as never],
        [],
      ).map(({ message }) => message),
    ).toEqual(['template "mail" has neither mjml nor html', 'template "other" has both mjml and html'])
  })

  it('refuses a segment that asks about memberships, since that could be about itself', () => {
    expect(validateDefinitions([segment('odd', { kind: 'not', of: did('Segment Entered') })], [])).toMatchObject([
      { index: 0, field: 'where', value: 'Segment Entered' },
    ])
  })
})

it('a journey reads as sentences', () => {
  expect(
    describeJourney(
      journey({
        entry: {
          on: { event: 'Product Added' },
          if: { kind: 'not', of: did('Order Completed', '1 day') },
          reentry: { kind: 'after', time: '7 days' },
        },
        goal: { on: { event: 'Order Completed' } },
        steps: { hour: pause('1 hour', 'remind'), remind: mail() },
      }) as JourneyDefinition,
    ).split('\n'),
  ).toEqual([
    'Starts when Product Added happens, if the person not: did Order Completed in the last 1 day; again after 7 days.',
    'hour: wait 1 hour; then go on to remind.',
    'remind: send the e-mail mail; then the journey ends.',
    'Ends at once at its goal: Order Completed.',
  ])
})

it('refuses a step that sets what tells people apart, and names it', () => {
  const set = { plan: 'pro', email: 'jane@shop.com' }
  expect(validateDefinitions([journey({ steps: { a: { kind: 'update-profile', set } } })], [])).toMatchObject([
    { index: 0, field: 'steps.a.set.email', value: 'jane@shop.com', allowed: 'any trait but user_id, email, phone, anonymous_id' },
  ])
})

describe('checking comparisons', () => {
  it('names the field of a pattern that is none, wherever it stands', () => {
    const compare = { op: 'matches', pattern: '(a' } as const
    const found = validateDefinitions(
      [
        segment('s', { kind: 'not', of: { kind: 'all', of: [{ kind: 'trait', trait: 'sku', compare }] } }),
        journey({
          entry: { on: { event: 'A', where: [{ property: 'due', compare: { op: 'anniversary' } }] } },
          steps: { set: { kind: 'update-profile', set: { compare } } },
        }),
      ],
      [],
    )
    expect(found.map(({ index, field }) => [index, field])).toEqual([
      [0, 'where.of.of.0.compare.pattern'],
      [1, 'entry.on.where.0.compare.op'],
    ])
  })
})

describe('checking what conditions name', () => {
  const asks = (id: string, other: string) => segment(id, { kind: 'all', of: [{ kind: 'segment', segment: other }] })

  it('refuses a segment and a journey that do not exist, and says which do', () => {
    const found = validateDefinitions(
      [asks('a', 'gone'), segment('c', { kind: 'not', of: { kind: 'journey', journey: 'gone', is: 'in' } })],
      [segment('b', did('A'))],
    )
    expect(found).toMatchObject([
      { index: 0, field: 'where.of.0.segment', value: 'gone', allowed: 'one of b, c' },
      { index: 1, field: 'where.of.journey', value: 'gone', allowed: 'a journey that exists; there is none yet' },
    ])
  })

  it('refuses segments that come back to themselves, with the way round', () => {
    const existing = [asks('b', 'c'), asks('c', 'a'), segment('a', did('A'))]
    expect(validateDefinitions([asks('a', 'b')], existing)).toMatchObject([
      { field: 'where.of.0.segment', message: 'segment "a" comes back to itself: a → b → c → a' },
    ])
    expect(validateDefinitions([asks('d', 'b')], existing)).toEqual([])
    expect(validateDefinitions([asks('e', 'e')], existing).map(({ message }) => message)).toEqual([
      'segment "e" comes back to itself: e → e',
    ])
  })

  it('refuses segments so deep in one another, or so often named, that each person would be asked for ever', () => {
    const chain = (length: number) => Array.from({ length }, (_, i) => asks(`s${i + 1}`, `s${i}`))
    const [first, ...rest] = [segment('s0', did('A')), ...chain(10)]
    expect(validateDefinitions([first!, ...rest], [])).toEqual([])
    expect(validateDefinitions(chain(11), [first!]).map(({ message }) => message)).toEqual([
      'segment "s11" asks about a segment that asks about a segment, and so on, 11 times',
    ])
    const twice = (id: string, other: string) =>
      segment(id, { kind: 'any', of: Array.from({ length: 8 }, () => ({ kind: 'segment', segment: other })) })
    const wide = [segment('s0', did('A')), twice('w1', 's0'), twice('w2', 'w1'), twice('w3', 'w2')]
    expect(validateDefinitions(wide, []).map(({ index, allowed }) => [index, allowed])).toEqual([[3, 'at most 1000 parts in all']])
    // It is the one below that grows here.
    const grown = segment('s0', { kind: 'all', of: Array.from({ length: 20 }, () => did('A')) })
    expect(validateDefinitions([grown], [twice('w1', 's0'), twice('w2', 'w1')]).map(({ index }) => index)).toEqual([0])
  })
})
