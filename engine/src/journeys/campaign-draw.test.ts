import { campaignSchema } from '@throughline/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileDraw, type Band, type Drawn, type SendPart } from './campaign-draw.ts'

const people = Array.from({ length: 400 }, (_, i) => `p${i}`)
const campaign = (more: object) =>
  campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: {},
    message: { channel: 'inbox', template: 'note' },
    ...more,
  })
const variantsOf = (weights: readonly number[]) => weights.map((weight, index) => ({ name: `v${index}`, template: `v${index}`, weight }))
const drawOf = (
  definition: ReturnType<typeof campaign>,
  part: SendPart = 'all',
  send = 'sale#1',
  winner: string | null = null,
  band: Band | null = null,
  isNew = false,
) => {
  const draw = compileDraw(definition, 'campaign:sale')
  return people.map((id) => draw.of(id, send, { part, winner, band }, isNew))
}
const variantOf = (drawn: Drawn): string => (drawn.kind === 'gets' ? drawn.variant! : drawn.kind)

/** Five standard deviations: chance alone does not come so far. */
function expectShare(found: number, of: number, share: number): void {
  expect(Math.abs(found - of * share)).toBeLessThanOrEqual(5 * Math.sqrt(of * share * (1 - share)) + 1)
}

it('everybody gets one variant or is held out, in the shares asked for, and the same in every send', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 90 }), (given, percent) => {
      const definition = campaign({ variants: variantsOf(given), holdOut: { percent } })
      const drawn = drawOf(definition).map(variantOf)
      expect(drawOf(definition, 'all', 'sale#2').map(variantOf)).toEqual(drawn)
      const all = given.reduce((sum, one) => sum + one, 0)
      const names = given.map((_, index) => `v${index}`)
      expect(new Set([...drawn, ...names, 'held-out']).size).toBe(names.length + 1)
      for (const [index, name] of names.entries())
        expectShare(drawn.filter((one) => one === name).length, people.length, ((given[index]! / all) * (100 - percent)) / 100)
      expectShare(drawn.filter((one) => one === 'held-out').length, people.length, percent / 100)
    }),
    { numRuns: 40, seed: 4 },
  )
})

it('learned weights say how many get which, each send draws anew, and of a resend everybody gets theirs again', () => {
  const learn = { by: 'clicked' }
  const definition = campaign({ variants: variantsOf([1, 1, 1]), holdOut: { percent: 10 }, learn, when: { kind: 'api' } })
  const draw = compileDraw(definition, 'campaign:sale')
  const by = (weights: readonly number[], send = 'sale#1', given: string | null = null) =>
    people.map((id) => variantOf(draw.of(id, send, { part: 'all', winner: null, band: null, weights, given }, false)))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }), (given) => {
      const all = given.reduce((sum, one) => sum + one, 0)
      const shares = given.map((one) => one / all)
      const drawn = by(shares)
      expect(by(shares)).toEqual(drawn)
      for (const [index, share] of shares.entries())
        expectShare(drawn.filter((one) => one === `v${index}`).length, people.length, share * 0.9)
      const next = by(shares, 'sale#2')
      expect(next.filter((one) => one === 'held-out')).toHaveLength(drawn.filter((one) => one === 'held-out').length)
      expect(next).not.toEqual(drawn)
    }),
    { numRuns: 40, seed: 4 },
  )
  expect(new Set(by([0.8, 0.1, 0.1], 'sale#3', 'v2'))).toEqual(new Set(['v2', 'held-out']))
  // A template that no variant has any more: drawn as any other.
  expect(by([0.8, 0.1, 0.1], 'sale#3', 'gone')).toEqual(by([0.8, 0.1, 0.1], 'sale#3'))
})

it('test and rest are all of the audience and share nobody, whoever is held out, and each send tests on others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (testPercent, percent) => {
      const winner = { testPercent, after: '1 hour', by: 'clicked' }
      const definition = campaign({ variants: variantsOf([1, 3]), holdOut: { percent }, winner })
      const [test, rest, all] = [drawOf(definition, 'test'), drawOf(definition, 'rest', 'sale#1', 'v1'), drawOf(definition)]
      const wrong = people.filter((_, i) => {
        const [one, other, whole] = [test[i]!, rest[i]!, all[i]!]
        const mine = one.kind === 'other-part' ? other : one
        return (
          [one, other].filter(({ kind }) => kind === 'other-part').length !== 1 ||
          (mine.kind === 'held-out') !== (whole.kind === 'held-out') ||
          (one.kind === 'gets' && variantOf(one) !== variantOf(whole)) ||
          (other.kind === 'gets' && (other.step !== 'rest-2' || other.variant !== 'v1'))
        )
      })
      expect(wrong).toEqual([])
      const tested = people.filter((_, i) => test[i]!.kind !== 'other-part')
      expectShare(tested.length, people.length, testPercent / 100)
      const next = drawOf(definition, 'test', 'sale#2')
      expectShare(
        people.filter((_, i) => test[i]!.kind !== 'other-part' && next[i]!.kind !== 'other-part').length,
        tested.length,
        testPercent / 100,
      )
    }),
    { numRuns: 40, seed: 4 },
  )
})

it('the stages of a ramp are all of the audience and share nobody, a larger stage includes a smaller one, and who is new comes with the stage that is on', () => {
  const cuts = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 })
    .map((list) => [...list.toSorted((a, b) => a - b), 100])
  fc.assert(
    fc.property(cuts, fc.integer({ min: 1, max: 90 }), (to, percent) => {
      const definition = campaign({ variants: variantsOf([1, 3]), holdOut: { percent } })
      const bands = to.map((one, index) => ({ from: to[index - 1] ?? 0, to: one }))
      const stages = bands.map((band) => drawOf(definition, 'all', 'sale#1', null, band))
      const late = bands.map((band) => drawOf(definition, 'all', 'sale#1', null, band, true))
      const whole = drawOf(definition)
      let before = 0
      for (const [i, band] of bands.entries()) {
        const here = stages[i]!.filter(({ kind }) => kind !== 'other-part').length
        expectShare(here, people.length, (band.to - band.from) / 100)
        before += here
        expect(late[i]!.filter(({ kind }) => kind !== 'other-part').length).toBe(before)
      }
      for (const [i, one] of whole.entries()) {
        // In exactly one stage, and what they get does not hang on which.
        expect(stages.flatMap((stage) => (stage[i]!.kind === 'other-part' ? [] : [stage[i]!]))).toEqual([one])
      }
    }),
    { numRuns: 40, seed: 4 },
  )
})
