import { expect, it } from 'vitest'
import { validateDefinitions } from '../index.ts'
import { inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const step = {
  kind: 'experiment',
  variants: [
    { name: 'A', weight: 50, next: 'a' },
    { name: 'B', weight: 50, next: 'b' },
  ],
  holdOut: { percent: 20 },
}
const goals = [{ on: { event: 'Order Completed' }, within: '1 day' }]
const make = (changed: object = {}, more: object = {}) =>
  journey({
    entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
    goals,
    steps: { test: { ...step, ...changed }, a: note(), b: note() },
    ...more,
  })
const exposures = (person: Person) => only(person.effects, 'fact').filter(({ name }) => name === 'Experiment Exposed')
const variantOf = (person: Person) => exposures(person).at(-1)?.properties.variant

it('records the variant of each run once, as a fact that other journeys hear, and leads that way', () => {
  const hears = journey({
    id: 'other',
    entry: { on: { event: 'Experiment Exposed', where: [{ property: 'variant', compare: { op: 'is', value: 'A' } }] } },
    steps: { say: pause('1 day') },
  })
  const looping = make(
    {},
    { steps: { test: { ...step, variants: step.variants.map((one) => ({ ...one, next: 'w' })) }, w: pause('1 hour', 'test') } },
  )
  const ways = new Set<string>()
  for (let i = 0; i < 40; i++) {
    const person = meet(publish([inboxTemplate, make(), hears]), `p${i}`)
    person.hear('Product Added', noon)
    const [exposed] = exposures(person)
    expect(exposed?.properties).toEqual({
      experiment: 'j.test',
      variant: exposed?.properties.variant,
      journey: 'j',
      version: 1,
      run: expect.any(String),
      step: 'test',
    })
    const said = only(person.effects, 'message').map(({ step: from }) => from)
    expect(said).toEqual({ A: ['a'], B: ['b'], 'hold-out': [] }[String(variantOf(person))])
    expect(person.profile.runs.map(({ journey: id }) => id)).toEqual(variantOf(person) === 'A' ? ['other'] : [])
    ways.add(String(variantOf(person)))
    person.hear('Product Added', noon + hour)
    expect(exposures(person).map(({ properties }) => properties.variant)).toEqual([variantOf(person), variantOf(person)])

    const round = meet(publish([looping]), `p${i}`)
    round.hear('Product Added', noon)
    round.pass(noon + 5 * hour)
    expect(exposures(round)).toHaveLength(1)
  }
  expect(ways).toEqual(new Set(['A', 'B', 'hold-out']))
})

it('gives the same person the same variant in every version, and in every place with the same experiment', () => {
  for (let i = 0; i < 40; i++) {
    const before = meet(publish([inboxTemplate, make()]), `p${i}`)
    before.hear('Product Added', noon)
    const variants = [{ name: 'C', weight: 50, next: 'a' }, ...step.variants]
    const after = meet(publish([inboxTemplate, make(), make({ variants })]), `p${i}`)
    after.hear('Product Added', noon)
    if (variantOf(after) !== 'C') expect(variantOf(after)).toBe(variantOf(before))
    const [here, elsewhere] = ['j', 'k'].map((id) => {
      const person = meet(publish([inboxTemplate, make({ experiment: 'offer' }, { id })]), `p${i}`)
      person.hear('Product Added', noon)
      return variantOf(person)
    })
    expect(elsewhere).toBe(here)
  }
})

it('is refused with nothing to compare, with one name twice, and with a goal that counts longer for some than for others', () => {
  const problems = (...definition: Parameters<typeof make>) =>
    validateDefinitions([inboxTemplate, make(...definition)], []).map(({ field }) => field)
  expect(problems()).toEqual([])
  expect(
    problems(
      { holdOut: undefined, variants: [{ name: 'A', weight: 1, next: 'a' }] },
      { steps: { test: { ...step, holdOut: undefined, variants: [{ name: 'A', weight: 1 }] } } },
    ),
  ).toEqual(['steps.test.variants'])
  expect(problems({}, { goals: [{ on: { event: 'Order Completed' } }] })).toEqual(['goals.0.within'])
  expect(problems({}, { goals: [{ on: { event: 'Order Completed' }, within: '1 day', since: 'message' }] })).toEqual(['goals.0.within'])
  expect(problems({}, { goals: undefined })).toEqual([])
  expect(() => make({ variants: [step.variants[0], step.variants[0]] })).toThrow(/different names/)
  expect(() => make({ variants: [{ name: 'hold-out', weight: 1 }] })).toThrow(/people held out/)
})
