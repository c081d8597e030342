import { campaignSchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { enterCampaign, isInCampaign, validateDefinitions, type SendOutcome, type SendPart } from '../index.ts'
import { inboxTemplate, segment } from '../test/definitions.ts'
import { meet, noon, only, publish } from '../test/person.ts'

const campaign = (more: object) =>
  campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: { except: ['buyers'] },
    message: { channel: 'inbox', template: 'note' },
    ...more,
  })
const buyers = segment('buyers', { kind: 'trait', trait: 'buys', compare: { op: 'is', value: true } })
const other = { ...inboxTemplate, id: 'other' }
const variants = [{ name: 'A' }, { name: 'B', template: 'other', weight: 3 }]

interface Turn {
  readonly outcome: SendOutcome
  readonly template: string | undefined
  readonly exposed: readonly object[]
}

/** What a turn of the send means for a person whom nothing is known of. */
function turn(compiled: ReturnType<typeof publish>, id: string, part: SendPart, winner: string | null = null): Turn {
  const person = meet(compiled, id)
  let outcome: SendOutcome = 'outside'
  person.take((profile, ctx) => {
    const call = { campaign: 'sale', version: 1, send: 'sale#1', slot: null, properties: {}, part, winner, band: null }
    const { outcome: found, ...result } = enterCampaign(profile, call, ctx)
    if (part !== 'rest') expect(isInCampaign(profile, call, ctx)).toBe(found !== 'outside')
    outcome = found
    return result
  }, noon + 1)
  const exposed = only(person.effects, 'fact').filter(({ name }) => name === 'Experiment Exposed')
  return { outcome, template: only(person.effects, 'message')[0]?.template, exposed: exposed.map(({ properties }) => properties) }
}

it('each person has a message of their variant or is held out, and what they were given is recorded once', () => {
  const compiled = publish([inboxTemplate, other, buyers, campaign({ variants, holdOut: { percent: 30 } })])
  const given = Array.from({ length: 40 }, (_, i) => turn(compiled, `p${i}`, 'all'))
  for (const { outcome, template, exposed } of given) {
    expect(outcome).toBe(template === undefined ? 'held-out' : 'sent')
    const variant = template === undefined ? 'hold-out' : template === 'other' ? 'B' : 'A'
    expect(exposed).toEqual([
      {
        experiment: 'campaign:sale',
        variant,
        journey: 'campaign:sale',
        version: 1,
        send: 1,
        part: 'all',
        ...(template !== undefined && { run: expect.any(String), step: variant === 'A' ? 'variant-1' : 'variant-2' }),
      },
    ])
  }
  expect(new Set(given.map(({ template }) => template)).size).toBe(3)
})

const shared = { campaign: 'sale', version: 1, send: 'sale#1', slot: null, properties: {}, winner: null, band: null, part: 'all' } as const
type Call = Parameters<typeof enterCampaign>[1]

/** What several turns mean for the same person, one after the other. */
function turns(
  compiled: ReturnType<typeof publish>,
  id: string,
  calls: readonly Partial<Call>[],
  traits: readonly object[] = [],
): SendOutcome[] {
  const person = meet(compiled, id)
  return calls.map((call, index) => {
    let outcome: SendOutcome = 'outside'
    if (traits[index] !== undefined)
      person.hear('Identified', noon + 10 * index + 1, { type: 'identify', properties: { ...traits[index] } })
    person.take(
      (profile, ctx) => {
        const { outcome: found, ...result } = enterCampaign(profile, { ...shared, ...call }, ctx)
        outcome = found
        return result
      },
      noon + 10 * index + 5,
    )
    return outcome
  })
}

it('who is in the rest has no turn in the test and then gets the chosen variant; whoever had theirs in the test has none in the rest', () => {
  const winner = { testPercent: 50, after: '1 hour', by: 'clicked' }
  for (const holdOut of [undefined, { percent: 50 }]) {
    const compiled = publish([inboxTemplate, other, buyers, campaign({ variants, winner, ...(holdOut && { holdOut }) })])
    for (let i = 0; i < 30; i++) {
      const outcomes = turns(compiled, `p${i}`, [{ part: 'test' }, { part: 'rest', winner: 'B' }])
      expect(outcomes.filter((one) => one === 'outside')).toHaveLength(1)
    }
  }
})

it('whoever comes into the audience after the part that is theirs had its turn goes with the one that has it, once, and gets what that gets', () => {
  const winner = { testPercent: 50, after: '1 hour', by: 'clicked' }
  const compiled = publish([inboxTemplate, other, buyers, campaign({ variants, winner })])
  // They were not there for the test: all of them go with the rest.
  for (let i = 0; i < 20; i++) {
    expect(turn(compiled, `p${i}`, 'rest', 'B')).toMatchObject({
      outcome: 'sent',
      template: 'other',
      exposed: [{ variant: 'B', part: 'rest', step: 'rest-2' }],
    })
    const stages = [
      { from: 0, to: 10 },
      { from: 10, to: 50 },
      { from: 50, to: 100 },
    ].map((band) => ({ band }))
    const ramped = publish([inboxTemplate, buyers, campaign({})])
    expect(turns(ramped, `p${i}`, stages).filter((one) => one === 'sent')).toHaveLength(1)
    expect(turns(ramped, `p${i}`, stages.slice(1)).filter((one) => one === 'sent')).toHaveLength(1)
    expect(turns(ramped, `p${i}`, stages.slice(2))).toEqual(['sent'])
  }
})

it('whoever was left out of their stage is left out of all of them', () => {
  const compiled = publish([inboxTemplate, buyers, campaign({})])
  const stages = [
    { from: 0, to: 50 },
    { from: 50, to: 100 },
  ].map((band) => ({ band }))
  const outcomes = Array.from({ length: 30 }, (_, i) => turns(compiled, `p${i}`, stages, [{ buys: true }, { buys: false }]))
  expect(new Set(outcomes.map((one) => one.join(' ')))).toEqual(new Set(['excluded outside', 'outside sent']))
})

it('with one message, those who are held out are compared with those who get it; without, nothing is recorded', () => {
  const compiled = publish([inboxTemplate, buyers, campaign({ holdOut: { percent: 50 } })])
  const groups = new Set(
    Array.from({ length: 40 }, (_, i) => turn(compiled, `p${i}`, 'all')).map(({ exposed }) =>
      JSON.stringify(exposed.map((one) => 'variant' in one && one.variant)),
    ),
  )
  expect(groups).toEqual(new Set(['["message"]', '["hold-out"]']))
  expect(turn(publish([inboxTemplate, buyers, campaign({})]), 'p1', 'all')).toMatchObject({ outcome: 'sent', exposed: [] })
})

it('is refused where it makes no sense, with the field and the reason', () => {
  const problems = (more: object) =>
    campaignSchema.safeParse({ ...campaign({}), ...more }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  const winner = { testPercent: 20, after: '4 hours', by: 'clicked' }
  expect(problems({ variants, winner, holdOut: { percent: 5 } })).toEqual([])
  expect(problems({ variants: [{ name: 'A' }, { name: 'B' }] })).toEqual([expect.stringMatching(/^variants: .*template of its own/)])
  expect(problems({ variants: [{ name: 'A' }, { name: 'A', template: 'other' }] })).toEqual([expect.stringMatching(/different names/)])
  expect(problems({ variants: [{ name: 'A' }] })).toHaveLength(1)
  expect(problems({ winner })).toEqual([expect.stringMatching(/^winner: .*"variants"/)])
  expect(problems({ variants, winner, when: { kind: 'once', at: '2027-03-20 09:00', zone: 'person' } })).toEqual([
    expect.stringMatching(/^winner: .*each person’s clocks/),
  ])
  expect(problems({ variants, winner: { ...winner, after: '21 hours' }, when: { kind: 'daily', at: '09:00' } })).toEqual([
    expect.stringMatching(/^winner.after: .*20 hours/),
  ])
  const recall = { channel: 'inbox', template: 'note', purpose: 'transactional' }
  expect(problems({ holdOut: { percent: 5 }, message: recall })).toEqual([expect.stringMatching(/^holdOut: /)])
  expect(validateDefinitions([inboxTemplate, buyers, campaign({ variants })], []).map(({ field }) => field)).toEqual([
    'variants[1].template',
  ])
})
