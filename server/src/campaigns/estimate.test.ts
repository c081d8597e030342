import { campaignSchema, definitionSchema, type SegmentPreview } from '@throughline/contracts'
import { expect, test } from 'vitest'
import { settings } from '../../test/channels.ts'
import { estimate } from './estimate.ts'

const segments = ['s0', 's1', 's2', 's3', 's4', 's5']
const campaign = (id: string, segment?: string) =>
  campaignSchema.parse({
    kind: 'campaign',
    id,
    name: id.toUpperCase(),
    audience: { segment },
    message: { channel: 'email', template: 'hello' },
  })
const inForce = [
  ...segments.map((id) =>
    definitionSchema.parse({ kind: 'segment', id, name: id, where: { kind: 'trait', trait: id, compare: { op: 'is', value: 1 } } }),
  ),
  definitionSchema.parse({
    kind: 'template',
    id: 'hello',
    name: 'Hello',
    channel: 'email',
    subject: 'Hi',
    html: '<a href="{{ unsubscribe_url }}">x</a>',
  }),
  ...segments.map((id) => campaign(`to-${id}`, id)),
  campaign('again', 's0'),
  campaign('to-all'),
]

test('each campaign nearby is named once with the people in both, as far as its segment is one of the four nearest, and the others are counted', async () => {
  const asked: (readonly string[])[] = []
  const found = await estimate(
    {
      settings: async () => settings,
      preview: async ({ overlap }) => {
        asked.push(overlap)
        return {
          size: 900,
          exact: false,
          margin: 30,
          reach: [{ channel: 'email', people: 800, exact: false, margin: 25, cost: null }],
          currency: 'EUR',
          overlap: overlap.map((id, at) => ({ id, name: id, size: 100, both: at * 10, margin: at })),
        } as unknown as SegmentPreview
      },
    },
    campaign('to-s5', 's5'),
    inForce,
    // A series stands there each time that it goes out, and the one that is estimated does too.
    ['to-s0', 'to-s5', 'to-s0', 'to-all', 'to-s1', 'again', 'to-s2', 'to-s0', 'to-s3', 'to-s4'].map((id, at) => ({
      id,
      name: id.toUpperCase(),
      at,
    })),
    new AbortController().signal,
  )
  expect(asked).toEqual([['s0', 's1', 's2', 's3']])
  expect(found.overlaps).toEqual([
    { campaign: 'to-s0', name: 'TO-S0', at: 0, both: 0, margin: 0 },
    { campaign: 'to-all', name: 'TO-ALL', at: 3, both: 900, margin: 30 },
    { campaign: 'to-s1', name: 'TO-S1', at: 4, both: 10, margin: 1 },
    { campaign: 'again', name: 'AGAIN', at: 5, both: 0, margin: 0 },
    { campaign: 'to-s2', name: 'TO-S2', at: 6, both: 20, margin: 2 },
    { campaign: 'to-s3', name: 'TO-S3', at: 8, both: 30, margin: 3 },
  ])
  expect(found.notCompared).toBe(1)
})
