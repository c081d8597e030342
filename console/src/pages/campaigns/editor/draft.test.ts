import { campaignSchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { blankDraft, definitionOf, everybody, onChannel, problemsOf, readCampaign } from './draft.ts'
import { usualRamp } from './ramp-draft.ts'
import { noVariants, usualLearn, usualWinner } from './variants-draft.ts'

it('a draft says field by field what is missing, and becomes what it was read from', () => {
  expect(problemsOf(blankDraft).map(({ field }) => field)).toEqual(['name', 'segment', 'template'])
  expect(definitionOf(blankDraft, 'sale')).toBeNull()
  const full = campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: { except: ['bought'] },
    message: { channel: 'email', template: 'sale' },
    variants: [{ name: 'A' }, { name: 'B', template: 'other', weight: 2 }],
    holdOut: { percent: 5 },
    winner: { testPercent: 20, after: '4 hours', by: 'clicked' },
    when: { kind: 'weekly', on: ['monday'], at: '09:00' },
    perMinute: 600,
  })
  const draft = readCampaign(full)
  expect(draft.segment).toBe(everybody)
  expect(definitionOf(draft, 'sale')).toEqual(full)
  expect(
    problemsOf({ ...draft, when: { kind: 'weekly', on: [], at: '09:00', zone: 'shop' }, perMinute: Number.NaN }).map(({ field }) => field),
  ).toEqual(['when', 'perMinute'])
})

it('learned weights become what they were read from, and those of the variants are left out', () => {
  const full = campaignSchema.parse({
    kind: 'campaign',
    id: 'tip',
    name: 'Tip',
    audience: {},
    message: { channel: 'email', template: 'tip' },
    variants: [{ name: 'A' }, { name: 'B', template: 'other' }],
    learn: { by: 'goal', floor: 20, every: '1 hour', within: '1 day' },
    when: { kind: 'daily', at: '09:00' },
  })
  const draft = readCampaign(full)
  expect(definitionOf(draft, 'tip')).toEqual(full)
  const weighed = { ...draft.compared, variants: draft.compared.variants.map((one) => ({ ...one, weight: 7 })) }
  expect(definitionOf({ ...draft, compared: weighed }, 'tip')).toEqual(full)
})

it('what goes out by each person’s clocks is not slowed down besides', () => {
  const draft = {
    ...blankDraft,
    name: 'Sale',
    segment: everybody,
    template: 'sale',
    perMinute: 600,
    when: { kind: 'daily', at: '09:00', zone: 'person' },
  } as const
  expect(definitionOf(draft, 'sale')?.perMinute).toBeUndefined()
  expect(definitionOf({ ...draft, when: { ...draft.when, zone: 'shop' } }, 'sale')?.perMinute).toBe(600)
})

it('what is compared is named where it cannot be', () => {
  const draft = { ...blankDraft, name: 'Sale', segment: everybody, template: 'sale' }
  const words = (compared: object, more: object = {}) =>
    problemsOf({ ...draft, compared: { ...noVariants, ...compared }, ...more }).map(({ field, words: said }) => `${field}: ${said}`)
  const [a, b] = [
    { name: 'A', template: '', weight: 1 },
    { name: 'B', template: 'other', weight: 1 },
  ]
  expect(words({ variants: [a, b], holdOut: 10, winner: usualWinner })).toEqual([])
  expect(words({ variants: [a] })).toEqual(['variants: Name a second variant, or take the one away.'])
  expect(words({ variants: [a, { ...b, template: '' }] })).toEqual([expect.stringMatching(/^variants: Variants that say different things/)])
  expect(words({ variants: [a, { ...b, weight: Number.NaN }] })).toEqual(['variants: Give each variant a weight above 0.'])
  expect(words({ variants: [a, b], winner: usualWinner }, { when: { kind: 'daily', at: '09:00', zone: 'person' } })).toEqual([
    expect.stringMatching(/each person’s clocks/),
  ])
  const learns = { variants: [a, { ...b, weight: Number.NaN }], learn: usualLearn }
  expect(words(learns)).toEqual([expect.stringMatching(/^variants: What goes out once to all at the same time learns nothing/)])
  expect(words(learns, { perMinute: 600 })).toEqual([])
  expect(words(learns, { ramp: usualRamp })).toEqual([])
  expect(words({ ...learns, learn: { ...usualLearn, within: '4 hours' } }, { ramp: usualRamp })).toEqual([
    expect.stringMatching(/before the last stage of the ramp begins/),
  ])
  expect(words({ ...learns, learn: { ...usualLearn, floor: Number.NaN } }, { perMinute: 600 })).toEqual([
    'variants: Say how many per cent each variant keeps: 1 to 49.',
  ])
  expect(words({ ...learns, learn: { ...usualLearn, every: '' } }, { perMinute: 600 })).toEqual([expect.stringMatching(/how often/)])
  expect(words({ holdOut: 10 }, { purpose: 'transactional' })).toEqual([expect.stringMatching(/^variants: Nobody can be held out/)])
})

it('whatever a campaign may not be is said at its field, so that no button does nothing', () => {
  const draft = { ...blankDraft, name: 'Sale', segment: everybody, template: 'sale' }
  expect(problemsOf(draft)).toEqual([])
  const tooMany = { ...draft, except: Array.from({ length: 21 }, (_, n) => `s${n}`) }
  expect(problemsOf(tooMany)).toMatchObject([{ field: 'segment', words: expect.stringMatching(/^audience\.except: /) as unknown }])
  const longEvent = { ...draft, goal: { ...draft.goal, event: 'x'.repeat(201) } }
  expect(problemsOf(longEvent)).toMatchObject([{ field: 'goal' }])
})

it('another channel takes the templates of all variants along, since none of them is of it', () => {
  const compared = {
    ...noVariants,
    variants: [
      { name: 'A', template: '', weight: 1 },
      { name: 'B', template: 'other', weight: 2 },
    ],
  }
  const draft = { ...blankDraft, template: 'sale', compared }
  expect(onChannel(draft, 'email')).toEqual({})
  const changed = { ...draft, ...onChannel(draft, 'sms') }
  expect(changed).toMatchObject({ channel: 'sms', template: '' })
  expect(changed.compared.variants.map(({ name, template, weight }) => [name, template, weight])).toEqual([
    ['A', '', 1],
    ['B', '', 2],
  ])
})
