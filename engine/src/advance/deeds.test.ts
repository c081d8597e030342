import { journeySchema, templateSchema, type JourneyDefinition } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import {
  answerStep,
  calendarOf,
  describeJourney,
  foldProfile,
  makeRehearsalTally,
  planRehearsal,
  rehearsePerson,
  validateDefinitions,
  type Effect,
} from '../index.ts'
import { did, inboxTemplate, journey, note as inbox, pause, segment } from '../test/definitions.ts'
import { edges, hour, meet, minute, noon, only, publish, segmentsOf, type Person } from '../test/person.ts'

const on = (event: string) => ({ on: { event }, reentry: { kind: 'always' } })
const tell = (event: string, next?: string, properties: object = {}) => ({ kind: 'send-event', event, properties, ...(next && { next }) })

describe('a step that sends an event', () => {
  const definitions = [
    segment('earners', did('Offer Earned')),
    journey({
      steps: {
        w: pause('1 hour', 'tell'),
        tell: tell('Offer Earned', 'rest', {
          offer: 'spring',
          limit: 3,
          plan: { trait: 'plan' },
          order_id: { event: 'cart.id' },
          gone: { trait: 'gone' },
        }),
        rest: pause('1 day'),
      },
    }),
    journey({ id: 'thanks', entry: on('Offer Earned'), steps: { w: pause('1 day') } }),
  ]

  it('says it at the instant of passing, with what stands there and what is taken, to segments and other journeys', () => {
    const person = meet(publish(definitions))
    person.hear('Identified', noon, { type: 'identify', properties: { plan: 'pro' } })
    person.hear('Product Added', noon, { properties: { cart: { id: 'c1' } } })
    const effects = person.pass(noon + hour)
    const properties = { offer: 'spring', limit: 3, plan: 'pro', order_id: 'c1', journey: 'j', step: 'tell' }
    expect(only(effects, 'fact').filter(({ name }) => name === 'Offer Earned')).toMatchObject([{ at: noon + hour, properties }])
    expect(segmentsOf(person)).toEqual({ earners: noon + hour })
    expect(person.profile.runs.find((run) => run.journey === 'thanks')?.trigger).toMatchObject({ name: 'Offer Earned', properties })
  })

  it('is known to the next step of the journey', () => {
    const look = { kind: 'branch', paths: [{ if: did('Offer Earned'), next: 'w' }] }
    const person = meet(publish([journey({ steps: { tell: tell('Offer Earned', 'look'), look, w: pause('1 day') } })]))
    expect(edges(person.hear('Product Added', noon))).toEqual(['entry', 'tell:next', 'look:0'])
  })

  it('says it with the same id when the same is done again', () => {
    const [once, again] = [0, 1].map(() => {
      const person = meet(publish(definitions))
      person.hear('Product Added', noon)
      return only(person.pass(noon + hour), 'fact').map(({ id }) => id)
    })
    expect(again).toEqual(once)
    expect(new Set(once).size).toBe(once!.length)
  })

  it('ends a circle of journeys that start each other', () => {
    const person = meet(
      publish([
        journey({ id: 'ping', entry: on('Ping'), steps: { a: tell('Pong') } }),
        journey({ id: 'pong', entry: on('Pong'), steps: { a: tell('Ping') } }),
        journey({ id: 'self', entry: on('Self'), steps: { a: tell('Self') } }),
      ]),
    )
    for (const name of ['Ping', 'Self']) {
      const entered = only(person.hear(name, noon), 'fact').filter((fact) => fact.name === 'Journey Entered')
      expect(entered.length).toBeGreaterThan(5)
      expect(entered.length).toBeLessThan(15)
    }
  })

  it('has a name that only Throughline or the shop says refused, and the properties that it says anyway', () => {
    const parse = (step: object) => journeySchema.safeParse({ ...journey({ steps: { a: tell('Fine') } }), steps: { a: step } })
    for (const name of ['Consent Changed', 'List Joined', 'Message Opened', 'Order Completed', ''])
      expect(parse(tell(name)).error?.issues).toMatchObject([{ path: ['steps', 'a', 'event'] }])
    expect(parse(tell('Fine', undefined, { journey: 'x' })).success).toBe(false)
    expect(parse(tell('Fine', undefined, { x: { kind: 'nothing' } })).success).toBe(false)
  })

  it('reads as a sentence', () => {
    expect(describeJourney(definitions[1] as JourneyDefinition)).toContain(
      'tell: send the event Offer Earned with offer "spring", limit 3, plan from the trait plan, order_id from cart.id of what started it, gone from the trait gone; then go on to rest.',
    )
  })
})

describe('a step that changes a list', () => {
  const change = (list: string, of: 'add' | 'remove', next?: string) => ({ kind: 'list', list, change: of, ...(next && { next }) })
  const said = (effects: readonly Effect[]) => only(effects, 'fact').filter(({ name }) => name.startsWith('List '))

  it('says so to conditions at once, and nothing to those who stand so already', () => {
    const inList = { kind: 'list', list: 'vip' } as const
    const person = meet(
      publish([
        segment('vips', inList),
        journey({
          reentry: undefined,
          entry: on('Product Added'),
          steps: {
            put: change('vip', 'add', 'look'),
            look: { kind: 'branch', paths: [{ if: inList, next: 'again' }] },
            again: change('vip', 'add', 'w'),
            w: pause('1 hour', 'out'),
            out: change('vip', 'remove'),
          },
        }),
      ]),
    )
    const effects = person.hear('Product Added', noon)
    const about = { list: 'vip', by: 'journey Recover carts', journey: 'j', step: 'put' }
    expect(said(effects)).toMatchObject([{ name: 'List Joined', at: noon, properties: about }])
    expect(only(effects, 'list')).toEqual([{ kind: 'list', list: 'vip', joined: true, at: noon }])
    expect(segmentsOf(person)).toEqual({ vips: noon })
    expect(only(person.pass(noon + hour), 'list')).toMatchObject([{ joined: false }])
    expect(segmentsOf(person)).toEqual({})
    // Put in by hand meanwhile: the step has nothing to do.
    person.hear('List Joined', noon + 2 * hour, { source: 'throughline', properties: { list: 'vip' } })
    expect(only(person.hear('Product Added', noon + 3 * hour), 'list')).toEqual([])
  })
})

describe('a step that notes a consent', () => {
  const note = (state: 'granted' | 'withdrawn', more: object = {}) => ({ kind: 'consent', channel: 'email', state, ...more })
  const both = publish([
    segment('agreed', { kind: 'consent', channel: 'email', is: 'granted' }),
    journey({ id: 'yes', entry: on('Yes'), steps: { a: note('granted') } }),
    journey({
      id: 'no',
      entry: on('No'),
      exits: [{ kind: 'consent-withdrawn', channel: 'email' }],
      steps: { a: note('withdrawn', { next: 'w' }), w: pause('1 day') },
    }),
    journey({ id: 'topic', entry: on('Topic'), steps: { a: note('granted', { topic: 'news' }) } }),
  ])

  it('fills in where nothing was said, and lifts no opt-out, not even one that is told later', () => {
    const person = meet(both)
    expect(only(person.hear('Yes', noon), 'consent')).toEqual([
      { kind: 'consent', channel: 'email', topic: '', state: 'granted', source: 'journey Recover carts', at: noon },
    ])
    expect(segmentsOf(person)).toEqual({ agreed: noon })
    expect(only(person.hear('Yes', noon + minute), 'consent')).toEqual([])
    const early = { timestamp: noon - hour, properties: { channel: 'email', state: 'withdrawn' } }
    person.hear('Consent Changed', noon + 2 * minute, early)
    expect(person.profile.consents.email?.state).toBe('withdrawn')
    expect(only(person.hear('Yes', noon + 3 * minute), 'consent')).toEqual([])
    expect(person.profile.consents.email?.state).toBe('withdrawn')
    person.hear('Topic', noon + 4 * minute)
    expect(person.profile.consents['email:news']?.state).toBe('granted')
  })

  it('withdraws at once, which ends what hangs on it, until the person agrees again', () => {
    const person = meet(both)
    const effects = person.hear('No', noon)
    expect(only(effects, 'consent')).toMatchObject([{ state: 'withdrawn' }])
    expect(edges(effects)).toEqual(['entry', 'a:next', 'left:exit'])
    person.hear('Consent Changed', noon + minute, { properties: { channel: 'email', state: 'granted' } })
    expect(person.profile.consents.email?.state).toBe('granted')
  })

  it('stands the same when the person is folded anew from history', () => {
    for (const said of ['Yes', 'No']) {
      const person = meet(both)
      const facts = only(person.hear(said, noon), 'fact').map(({ id, name, at, properties }) => ({
        id: `throughline:${id}`,
        type: 'fact' as const,
        name,
        timestamp: at,
        receivedAt: at,
        properties,
        context: {},
        source: 'throughline',
        lane: 2 as const,
        triggers: false,
      }))
      expect(foldProfile('p1', noon, facts, { definitions: both }).consents).toEqual(person.profile.consents)
    }
  })
})

describe('a step that asks a webhook', () => {
  const hook = templateSchema.parse({
    kind: 'template',
    id: 'ask',
    name: 'Ask',
    channel: 'webhook',
    url: 'https://shop.example/',
    body: '{}',
  })
  const rich = { kind: 'answer', where: [{ property: 'points', compare: { op: 'at-least', value: 100 } }] }
  const definition = journey({
    start: 'loyalty',
    entry: on('Product Added'),
    steps: {
      loyalty: {
        kind: 'webhook',
        template: 'ask',
        upTo: '1 minute',
        keep: { code: 'data.code', points: 'points' },
        next: 'look',
        otherwise: 'none',
      },
      look: { kind: 'step-result', of: 'loyalty', paths: [{ is: rich, next: 'say' }], otherwise: 'poor' },
      say: inbox('tell'),
      tell: tell('Code Given', undefined, { code: { answer: 'loyalty.code' } }),
      poor: { kind: 'exit', reason: 'poor' },
      none: { kind: 'exit', reason: 'none' },
    },
  })
  const definitions = publish([inboxTemplate, hook, definition])
  const asked = (person: Person) => only(person.effects, 'ask').at(-1)!
  const answer = (person: Person, at: number, what: { ok: boolean; fields?: object; reason?: string }, id = asked(person).id) =>
    person.take((profile, ctx) => answerStep(profile, { id, step: 'loyalty', fields: {}, ...what } as never, ctx), at)
  const told = (person: Person) =>
    only(person.effects, 'fact').flatMap(({ name, properties }) =>
      name === 'Webhook Answered' ? [[properties.ok, properties.reason]] : [],
    )
  const enter = () => {
    const person = meet(definitions)
    person.hear('Product Added', noon, { properties: { sku: 's1' } })
    return person
  }

  it('waits for the answer, keeps what is asked for, and lets branches, messages and events use it', () => {
    const person = enter()
    expect(asked(person)).toMatchObject({
      step: 'loyalty',
      template: 'ask',
      keep: { code: 'data.code', points: 'points' },
      at: noon,
      until: noon + minute,
      variables: { event: { name: 'Product Added', properties: { sku: 's1' } } },
    })
    expect(person.due).toBe(noon + minute)
    answer(person, noon + 1_000, { ok: true, fields: { code: 'SPRING', points: 120 } })
    expect(only(person.effects, 'message')).toMatchObject([{ variables: { answers: { loyalty: { code: 'SPRING', points: 120 } } } }])
    expect(only(person.effects, 'fact').find(({ name }) => name === 'Code Given')?.properties).toMatchObject({ code: 'SPRING' })
    expect(told(person)).toEqual([[true, undefined]])
    expect(person.profile.runs).toEqual([])
    const poor = enter()
    answer(poor, noon + 1_000, { ok: true, fields: { points: 99 } })
    expect(only(poor.effects, 'run-over')).toMatchObject([{ reason: 'poor' }])
  })

  it('takes the other way when it is refused, or not answered in time; an answer that comes later, or twice, changes nothing', () => {
    const refused = enter()
    answer(refused, noon + 1_000, { ok: false, reason: 'answered 404' })
    expect(only(refused.effects, 'run-over')).toMatchObject([{ reason: 'none' }])
    expect(told(refused)).toEqual([[false, 'answered 404']])
    const late = enter()
    late.pass(noon + minute)
    expect(only(late.effects, 'run-over')).toMatchObject([{ reason: 'none' }])
    expect(told(late)).toEqual([[false, 'no answer within 1 minute']])
    const { profile } = late
    expect(answer(late, noon + 2 * minute, { ok: true })).toEqual([])
    expect(late.profile).toEqual(profile)
    expect(answer(refused, noon + 2_000, { ok: true })).toEqual([])
  })

  it('goes on by the answer once its journey does, where it stands still meanwhile', () => {
    const standing = (state: 'live' | 'paused', since: number) => new Map([['j', { epoch: 1, state, since }]])
    const person = enter()
    person.definitions = { ...definitions, standings: standing('paused', noon + 1) }
    answer(person, noon + 1_000, { ok: true, fields: { points: 200 } })
    expect(person.profile.runs).toHaveLength(1)
    person.definitions = { ...definitions, standings: standing('live', noon + hour) }
    person.fireLate(noon + hour)
    expect(only(person.effects, 'message')).toHaveLength(1)
    expect(told(person)).toEqual([[true, undefined]])
  })

  it('wants a template for webhooks, and only such a step is asked for its answer', () => {
    expect(validateDefinitions([inboxTemplate, hook, definition], [])).toEqual([])
    const wrong = journey({
      steps: {
        loyalty: { kind: 'webhook', template: 'note', next: 'w' },
        w: pause('1 day', 'look'),
        look: { kind: 'step-result', of: 'w', paths: [{ is: rich }] },
      },
    })
    expect(validateDefinitions([inboxTemplate, hook, wrong], [])).toMatchObject([
      { field: 'steps.loyalty.template', allowed: 'a template for webhook: ask' },
      { field: 'steps.look.of', allowed: 'a step before it that calls a webhook or takes a code: loyalty' },
    ])
  })

  it('is not asked in a rehearsal: everybody goes on as if it had answered nothing', () => {
    const plan = planRehearsal(
      definition as JourneyDefinition,
      [inboxTemplate, hook].map((one, i) => ({ definition: one, version: 1, epoch: i + 1 })),
      { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as never,
      null,
      { since: noon, until: noon + hour },
    )
    const added = {
      id: 'web:1',
      type: 'track',
      name: 'Product Added',
      timestamp: noon + 1,
      receivedAt: noon + 1,
      properties: {},
      context: {},
    } as const
    const rehearsed = rehearsePerson('p1', [{ ...added, source: 'web', lane: 0, triggers: true }], plan, () => true)
    expect(rehearsed?.moments.flatMap((moment) => (moment.kind === 'passed' ? [moment.edge] : []))).toContain('loyalty:next')
  })
})

describe('a step that takes a code out of a pool', () => {
  const definition = journey({
    start: 'gift',
    entry: on('Product Added'),
    steps: {
      gift: { kind: 'coupon', pool: 'spring', next: 'say', otherwise: 'none' },
      say: inbox('tell'),
      tell: tell('Told', undefined, { code: { answer: 'gift.code' } }),
      none: { kind: 'exit', reason: 'none' },
    },
  })
  const asked = (person: Person) => only(person.effects, 'coupon').at(-1)!
  const enter = () => {
    const person = meet(publish([inboxTemplate, definition]))
    person.hear('Product Added', noon)
    return person
  }
  const answer = (person: Person, what: { ok: boolean; fields?: object; reason?: string }) =>
    person.take((profile, ctx) => answerStep(profile, { id: asked(person).id, step: 'gift', fields: {}, ...what } as never, ctx), noon + 50)
  const facts = (person: Person, wanted: string) =>
    only(person.effects, 'fact').flatMap(({ name, properties }) => (name === wanted ? [properties] : []))

  it('waits for it, says it in messages and events, and does not tell it on the timeline', () => {
    const person = enter()
    expect(asked(person)).toMatchObject({ pool: 'spring', per: 'person', step: 'gift', at: noon, until: noon + hour })
    answer(person, { ok: true, fields: { code: 'SPRING-1', value: '10 %' } })
    expect(only(person.effects, 'message')).toMatchObject([{ variables: { answers: { gift: { code: 'SPRING-1', value: '10 %' } } } }])
    expect(facts(person, 'Told')).toMatchObject([{ code: 'SPRING-1' }])
    expect(facts(person, 'Coupon Taken')).toEqual([{ pool: 'spring', ok: true, journey: 'j', step: 'gift' }])
  })

  it('goes another way when there is none, and when none comes within an hour', () => {
    const [empty, late] = [enter(), enter()]
    answer(empty, { ok: false, reason: 'the pool "Spring" is empty' })
    expect(facts(empty, 'Coupon Taken')).toMatchObject([{ ok: false, reason: 'the pool "Spring" is empty' }])
    late.pass(noon + hour)
    expect(facts(late, 'Coupon Taken')).toMatchObject([{ ok: false, reason: 'no code came within an hour' }])
    for (const person of [empty, late]) {
      expect(edges(person.effects)).toContain('gift:otherwise')
      expect(person.profile.runs).toEqual([])
    }
  })

  it('is counted in a rehearsal, once for a person or once for each run', () => {
    const needs = (per: 'person' | 'run') => {
      const { steps } = definition as JourneyDefinition
      const draft = { ...definition, steps: { ...steps, gift: { ...steps['gift']!, per } } } as JourneyDefinition
      const plan = planRehearsal(
        draft,
        [{ definition: inboxTemplate, version: 1, epoch: 1 }],
        { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as never,
        null,
        { since: noon, until: noon + hour },
      )
      const added = (at: number) =>
        ({ id: `web:${at}`, type: 'track', name: 'Product Added', timestamp: at, receivedAt: at, properties: {}, context: {} }) as const
      const events = [noon + 1, noon + minute].map((at) => ({ ...added(at), source: 'web', lane: 0, triggers: true }) as const)
      const rehearsed = rehearsePerson('p1', events, plan, () => true)
      expect(rehearsed?.moments.flatMap((moment) => (moment.kind === 'passed' ? [moment.edge] : []))).toContain('gift:next')
      return rehearsed?.codes
    }
    expect(needs('person')).toEqual(['spring'])
    expect(needs('run')).toEqual(['spring', 'spring'])
  })
})

describe('a step that makes a task for staff', () => {
  const definition = journey({
    entry: on('Order Failed'),
    start: 'call',
    steps: {
      call: {
        kind: 'staff-task',
        title: 'Call {{ profile.first_name }}',
        text: 'Order {{ event.properties.order_id }}',
        assignee: 'Ann@Shop.example',
        due: '2 hours',
        email: true,
        next: 'rest',
      },
      rest: pause('1 day', 'call'),
    },
  })

  it('makes one at the instant of passing, the same whenever it is taken again, and another one when it is passed again', () => {
    const begin = () => {
      const person = meet(publish([definition]))
      person.hear('Order Failed', noon, { properties: { order_id: 'o1' } })
      return person
    }
    const person = begin()
    const [task] = only(person.effects, 'task')
    expect(task).toMatchObject({
      journey: 'j',
      step: 'call',
      title: 'Call {{ profile.first_name }}',
      text: 'Order {{ event.properties.order_id }}',
      assignee: 'ann@shop.example',
      dueAt: noon + 2 * hour,
      email: true,
      at: noon,
      variables: { event: { name: 'Order Failed', properties: { order_id: 'o1' } }, journey: { id: 'j' } },
    })
    expect(only(begin().effects, 'task')).toEqual([task])
    expect(edges(person.effects)).toContain('call:next')
    const [again] = only(person.pass(noon + 24 * hour), 'task')
    expect(again).toMatchObject({ at: noon + 24 * hour })
    expect(again!.id).not.toBe(task!.id)
  })

  it('is counted by whose it is and the fullest day of a rehearsal', () => {
    const plan = planRehearsal(
      journeySchema.parse(definition),
      [],
      { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as never,
      null,
      { since: noon, until: noon + 36 * hour },
    )
    const failed = (id: string, at: number) => ({
      id: `web:${id}`,
      type: 'track' as const,
      name: 'Order Failed',
      timestamp: at,
      receivedAt: at,
      properties: {},
      context: {},
      source: 'web',
      lane: 0 as const,
      triggers: true,
    })
    const tally = makeRehearsalTally(calendarOf('UTC'))
    for (const [person, at] of [
      ['p1', noon + 1],
      ['p2', noon + hour],
      ['p3', noon + 20 * hour],
    ] as const)
      tally.add(
        person,
        rehearsePerson(person, [failed(person, at)], plan, () => true)!,
      )
    // The first two come round again the next day.
    expect(tally.figures().tasks).toEqual([{ assignee: 'ann@shop.example', count: 5, mostADay: 3 }])
  })
})
