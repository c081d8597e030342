import { journeySchema, templateSchema, type JsonObject } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { emptyProfile, openForTest, planRehearsal, testRun, type TestHappening } from '../index.ts'
import { did, inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, hour, minute, noon } from '../test/person.ts'

const settings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as const
const ask = templateSchema.parse({
  kind: 'template',
  id: 'ask',
  name: 'Ask',
  channel: 'webhook',
  url: 'https://crm.example/ask',
  body: '{}',
})
const inForce = [inboxTemplate, ask].map((definition) => ({ definition, version: 1, epoch: 1 }))

interface Asked {
  readonly until?: number
  readonly happenings?: readonly TestHappening[]
  readonly properties?: JsonObject
  readonly index?: number
  readonly answers?: { readonly [step: string]: JsonObject | null }
}

function run(
  parts: Parameters<typeof journey>[0],
  { until = noon, happenings = [], properties = {}, index = 0, answers = {} }: Asked = {},
) {
  const opened = openForTest(journeySchema.parse(journey(parts)))
  const plan = planRehearsal(opened, inForce, settings, null, { since: noon, until: noon + 1 })
  const profile = { ...emptyProfile('p1', noon), traits: { email: ['ada@example.org', noon] as const } }
  return testRun({ plan, journey: opened, profile, startedAt: noon, entry: { index, properties }, happenings, answers, until })
}
const said = (found: ReturnType<typeof run>) =>
  found.moments.map((one) => {
    const at = `+${(one.at - noon) / hour}h`
    if (one.kind === 'passed') return `${at} ${one.edge}: ${one.because}`
    if (one.kind === 'message') return `${at} ${one.channel} ${one.heldBy ?? 'sent'}`
    if (one.kind === 'stands') return `${at} at ${one.step}`
    return `${at} ${one.kind}`
  })

const cart = {
  closes: '2020-01-01',
  goals: [{ name: 'Bought', on: { event: 'Order Completed' } }],
  steps: {
    hour: pause('1 hour', 'say'),
    say: note('answer'),
    answer: { kind: 'reaction', of: 'say', ways: [{ on: 'opened', next: 'vip' }], upTo: '1 day', otherwise: 'vip' },
    vip: { kind: 'branch', paths: [{ name: 'Looked', if: did('Looked'), next: 'end' }], otherwise: 'end' },
    end: pause('1 day'),
  },
}

it('goes as far as time has passed, says why it took each way, and asked again with more time goes on the same way', () => {
  const begun = run(cart)
  expect(said(begun)).toEqual(['+0h entered', '+0h at hour'])
  expect(begun.standing).toEqual({ step: 'hour', since: noon, until: noon + hour, listens: false })
  const later = run(cart, { until: noon + 2 * hour })
  expect(said(later)).toEqual([
    '+0h entered',
    '+0h at hour',
    '+1h hour:next: wait 1 hour',
    '+1h inbox sent',
    '+1h say:next: send the inbox note',
    '+1h at answer',
  ])
  expect(later.standing).toMatchObject({ step: 'answer', until: noon + hour + day, listens: true })
})

it('hears what is made to happen: what becomes of a message, what moves it, the goal', () => {
  const first = run(cart, { until: noon + hour })
  const message = first.moments.flatMap((one) => (one.kind === 'message' ? [one.id] : []))[0]!
  const opened = { at: noon + 2 * hour, event: 'Message Opened', properties: {}, message }
  const looked = { at: noon + 90 * minute, event: 'Looked', properties: {} }
  const found = run(cart, { until: noon + 3 * hour, happenings: [looked, opened] })
  expect(said(found).slice(6)).toEqual(['+1.5h heard', '+2h heard', '+2h answer:0: opened', '+2h vip:0: Looked', '+2h at end'])
  const bought = { at: noon + 4 * hour, event: 'Order Completed', properties: {} }
  const over = run(cart, { until: noon + 5 * hour, happenings: [looked, opened, bought] })
  expect(said(over).slice(11)).toEqual(['+4h heard', '+4h goal', '+4h left'])
  expect(over.standing).toBeNull()
})

it('says that none of the other ways was so', () => {
  const found = run(cart, { until: noon + 2 * day })
  expect(said(found)).toContain('+25h vip:otherwise: none of: Looked')
})

it('asks nobody outside: a webhook answers as the test says', () => {
  const steps = {
    ask: { kind: 'webhook', template: 'ask', upTo: '1 minute', next: 'yes', otherwise: 'no' },
    yes: pause('1 day'),
    no: pause('2 days'),
  }
  expect(run({ steps }).standing).toMatchObject({ step: 'yes' })
  expect(run({ steps }, { answers: { ask: null } }).standing).toMatchObject({ step: 'no' })
})

it('lets them in by any entry, and says why not', () => {
  const steps = { end: pause('1 day') }
  expect(
    run({ entry: undefined, entries: [{ kind: 'date', trait: 'birthday', at: '09:00' }], steps }, { index: 1 }).standing,
  ).toMatchObject({ step: 'end' })
  expect(run({ key: 'order_id', steps }).outside).toContain('order_id')
  expect(run({ key: 'order_id', steps }, { properties: { order_id: 'o1' } }).outside).toBeNull()
  expect(run({ entry: { on: { event: 'Product Added' }, if: did('Looked') }, steps }).outside).toContain('The condition of the entry')
})

it('says what tasks it would make, with what their texts see, and makes none', () => {
  const found = run({
    entry: { on: { event: 'Order Failed' } },
    start: 'call',
    steps: { call: { kind: 'staff-task', title: 'Call {{ profile.email }}', assignee: 'ann@shop.example', due: '1 day' } },
  })
  expect(found.moments.filter(({ kind }) => kind === 'task')).toEqual([
    {
      kind: 'task',
      at: noon,
      step: 'call',
      title: 'Call {{ profile.email }}',
      text: '',
      assignee: 'ann@shop.example',
      dueAt: noon + day,
      email: false,
      traits: { email: 'ada@example.org' },
      variables: expect.objectContaining({ journey: { id: 'j', name: expect.any(String) as unknown } }) as unknown,
    },
  ])
})

it('comes in by a form as who submitted or confirmed it, if what they said is what the entry asks for', () => {
  const by = {
    entry: undefined,
    entries: [
      { kind: 'form', form: 'news', on: 'confirmed', where: [{ property: 'roast', compare: { op: 'is', value: 'dark' } }] },
      { kind: 'form', form: 'news' },
    ],
    steps: { hour: pause('1 hour') },
  } as const
  expect(said(run(by, { properties: { roast: 'dark' } }))).toEqual(['+0h entered', '+0h at hour'])
  expect(run(by, { properties: { roast: 'light' } }).outside).toContain('What the event says is not what the entry asks for')
  expect(run(by, { index: 1 }).outside).toBeNull()
})
