import { campaignSchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { blankDraft, definitionOf, everybody, problemsOf, readCampaign } from './draft.ts'

it('a draft says field by field what is missing, and becomes what it was read from', () => {
  expect(problemsOf(blankDraft).map(({ field }) => field)).toEqual(['name', 'segment', 'template'])
  expect(definitionOf(blankDraft, 'sale')).toBeNull()
  const full = campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: { except: ['bought'] },
    message: { channel: 'email', template: 'sale' },
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
