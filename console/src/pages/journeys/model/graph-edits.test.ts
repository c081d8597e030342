import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step } from '@throughline/contracts'
import { editorOfStep } from '../steps/registry.ts'
import { blankJourney } from './draft.ts'
import type { Draft } from './draft.ts'
import { edgesOf, reachedFrom, start, targetOf, wayOf } from './edges.ts'
import { pieceOf, takesOthersAlong } from './blocks.ts'
import { connect, insertPiece, insertStep, moveStep, removeStep } from './graph-edits.ts'
import { beginEditing, edit } from './editing.ts'
import type { Edit, Editing } from './editing.ts'

const wait: Step = { kind: 'wait', for: '1 day' }
const message: Step = { kind: 'message', channel: 'email', template: 'x', purpose: 'marketing' }
const branch: Step = { kind: 'branch', paths: [{ if: { kind: 'segment', segment: 'vip' } }] }
const split: Step = { kind: 'random-split', paths: [{ weight: 1 }, { weight: 1 }, { weight: 1 }] }
const react: Step = { kind: 'reaction', of: 'mail', ways: [{ on: 'opened' }], upTo: '1 day' }
const exit: Step = { kind: 'exit', reason: 'done' }

const journey = (startsAt: string, steps: Draft['steps']): Draft => ({ ...blankJourney('j', 'J'), start: startsAt, steps })
/** Where each edge leads, in one line. */
const shape = (draft: Draft): Record<string, string> =>
  Object.fromEntries(
    edgesOf(draft).map((edge) => [edge.kind === 'start' ? 'start' : `${edge.from}:${edge.port}`, targetOf(draft, edge) ?? 'end']),
  )

/** mail → good? (yes: gift → last, else: last) → last */
const forked = journey('mail', {
  mail: { ...message, next: 'good' },
  good: { ...branch, paths: [{ ...branch.paths[0]!, next: 'gift' }], otherwise: 'last' },
  gift: { ...message, next: 'last' },
  last: wait,
})

describe('removing', () => {
  it('is asked about where it would take others along, also when only one way goes on', () => {
    const ended = journey('good', { good: { ...branch, otherwise: 'mail' }, mail: { ...message, next: 'last' }, last: wait })
    expect(takesOthersAlong(ended, 'good')).toBe(true)
    expect(takesOthersAlong(ended, 'mail')).toBe(false)
    expect(takesOthersAlong(forked, 'good')).toBe(true)
    expect(
      takesOthersAlong(
        journey('good', { good: { ...branch, paths: [{ ...branch.paths[0]!, next: 'last' }], otherwise: 'last' }, last: wait }),
        'good',
      ),
    ).toBe(false)
  })
})

describe('adding', () => {
  it('puts a step into an edge, and all its ways lead to what came next', () => {
    const { draft, step } = insertStep(forked, wayOf('mail', 'next'), split)!
    expect(step).toBe('random-split')
    expect(shape(draft)).toMatchObject({
      'mail:next': 'random-split',
      'random-split:0': 'good',
      'random-split:1': 'good',
      'random-split:2': 'good',
    })
  })

  it('begins an empty journey, and continues a way that ends', () => {
    const one = insertStep(blankJourney('j', 'J'), start, wait)!.draft
    expect(shape(one)).toEqual({ start: 'wait', 'wait:next': 'end' })
    expect(shape(insertStep(one, wayOf('wait', 'next'), exit)!.draft)).toEqual({ start: 'wait', 'wait:next': 'exit' })
  })

  it('cuts nothing off: an exit goes only where a way ends', () => {
    expect(insertStep(forked, wayOf('mail', 'next'), exit)).toBeNull()
  })

  it('pastes a split with all that stands on its ways, under ids of its own', () => {
    const { draft } = insertPiece(forked, wayOf('last', 'next'), pieceOf(forked, 'good')!)!
    expect(shape(draft)).toMatchObject({
      'good:0': 'gift',
      'last:next': 'good-2',
      'good-2:0': 'gift-2',
      'good-2:otherwise': 'end',
      'gift-2:next': 'end',
    })
  })
})

describe('removing', () => {
  it('heals: what led to a step leads to what came after it', () => {
    expect(shape(removeStep(forked, 'mail').draft)).toMatchObject({ start: 'good' })
    expect(shape(removeStep(forked, 'gift').draft)).toMatchObject({ 'good:0': 'last', 'good:otherwise': 'last' })
    expect(shape(removeStep(forked, 'last').draft)).toMatchObject({ 'gift:next': 'end', 'good:otherwise': 'end' })
  })

  it('takes a split away with what stands on its ways, up to where they meet', () => {
    expect(shape(removeStep(forked, 'good').draft)).toEqual({ start: 'mail', 'mail:next': 'last', 'last:next': 'end' })
  })

  it('or keeps one of its ways', () => {
    expect(shape(removeStep(forked, 'good', 0).draft)).toEqual({
      start: 'mail',
      'mail:next': 'gift',
      'gift:next': 'last',
      'last:next': 'end',
    })
  })

  it('takes everything behind a split whose ways never meet', () => {
    const apart = journey('good', {
      good: { ...branch, paths: [{ ...branch.paths[0]!, next: 'gift' }], otherwise: 'last' },
      gift: message,
      last: wait,
    })
    expect(removeStep(apart, 'good').draft.steps).toEqual({})
  })

  it('of a step that leads back to itself ends the way', () => {
    const round = journey('wait', { wait: { ...wait, next: 'wait' } })
    expect(shape(removeStep(round, 'wait').draft)).toEqual({ start: 'end' })
  })
})

describe('moving', () => {
  it('heals where it stood and goes between where it is put', () => {
    expect(shape(moveStep(forked, 'last', wayOf('mail', 'next'))!.draft)).toMatchObject({
      'mail:next': 'last',
      'last:next': 'good',
      'gift:next': 'end',
      'good:otherwise': 'end',
    })
    expect(shape(moveStep(forked, 'good', start)!.draft)).toMatchObject({
      start: 'good',
      'gift:next': 'mail',
      'good:otherwise': 'mail',
      'mail:next': 'last',
    })
  })

  it('does nothing where it stands already, or into itself', () => {
    expect(moveStep(forked, 'mail', start)).toBeNull()
    expect(moveStep(forked, 'good', wayOf('gift', 'next'))).toBeNull()
    expect(connect(forked, wayOf('mail', 'next'), 'good')).toBeNull()
  })
})

describe('whatever is done', () => {
  const steps: fc.Arbitrary<Step> = fc.constantFrom(wait, message, branch, split, exit)
  /** Picks by a fraction, so that a shrunk example stays the same edit. */
  const at = <T>(list: readonly T[], fraction: number): T => list[Math.floor(fraction * list.length)]!
  const fraction = fc.double({ min: 0, max: 0.999, noNaN: true })
  type Try = (draft: Draft) => Edit
  const anEdit: fc.Arbitrary<Try> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(fraction, steps).map(([f, step]): Try => (draft) => ({ kind: 'insert', edge: at(edgesOf(draft), f), step })),
    },
    fc.tuple(fraction, fc.boolean()).map(([f, keep]): Try => (draft) => {
      const id = at(['-', ...Object.keys(draft.steps)], f)
      const step = draft.steps[id]
      const port = step === undefined ? undefined : at(editorOfStep(step).ways(step), f)?.port
      return { kind: 'remove', id, keep: keep ? port : undefined }
    }),
    fc.tuple(fraction, fraction).map(([f, g]): Try => (draft) => ({
      kind: 'move',
      id: at(['-', ...Object.keys(draft.steps)], f),
      edge: at(edgesOf(draft), g),
    })),
    fc.tuple(fraction, fraction).map(([f, g]): Try => (draft) => {
      const piece = pieceOf(draft, at(['-', ...Object.keys(draft.steps)], f))
      return piece === undefined ? { kind: 'remove', id: '-' } : { kind: 'paste', edge: at(edgesOf(draft), g), piece }
    }),
  )
  const play = (tries: readonly Try[]): Editing =>
    tries.reduce(
      (now, make) => (Object.keys(now.draft.steps).length > 40 ? now : edit(now, make(now.draft))),
      beginEditing(blankJourney('j', 'J')),
    )

  it('no way leads nowhere and nobody is cut off', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 30 }), (tries) => {
        const { draft } = play(tries)
        const ids = Object.keys(draft.steps)
        for (const edge of edgesOf(draft)) expect(ids.concat('end')).toContain(targetOf(draft, edge) ?? 'end')
        expect([...reachedFrom(draft, [draft.start])].sort()).toEqual(ids.sort())
      }),
    )
  })

  it('undoing all of it comes back to the beginning, and redoing all of it to the end', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 20 }), (tries) => {
        const played = play(tries)
        const back = played.past.reduce((now) => edit(now, { kind: 'undo' }), played)
        expect(back.draft).toEqual(blankJourney('j', 'J'))
        expect(back.future.reduce((now) => edit(now, { kind: 'redo' }), back).draft).toEqual(played.draft)
      }),
    )
  })

  it('moving loses and makes no step, and adding a step and removing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 20 }), fraction, fraction, steps, (tries, f, g, step) => {
        const { draft } = play(tries)
        const edge = at(edgesOf(draft), g)
        const moved = moveStep(draft, at(['-', ...Object.keys(draft.steps)], f), edge)
        if (moved !== null) expect(Object.keys(moved.draft.steps).sort()).toEqual(Object.keys(draft.steps).sort())
        const added = insertStep(draft, edge, step)
        if (added !== null) expect(shape(removeStep(added.draft, added.step!).draft)).toEqual(shape(draft))
      }),
    )
  })
})

it('typing in one field is one edit, and another field another', () => {
  const say = (now: Editing, name: string, at: number): Editing => edit(now, { kind: 'say', what: 'name', draft: { name }, at })
  let editing = say(say(beginEditing(blankJourney('j', '')), 'C', 0), 'Ca', 300)
  editing = edit(editing, { kind: 'say', what: 'description', draft: { description: 'x' }, at: 400 })
  editing = edit(edit(editing, { kind: 'undo' }), { kind: 'undo' })
  expect(editing.draft.name).toBe('')
  expect(edit(editing, { kind: 'say', what: 'description', draft: { description: undefined }, at: 0 }).draft).not.toHaveProperty(
    'description',
  )
})

describe('a step that asks about another', () => {
  it('asks about the copy where both are copied, and about the same step where it alone is', () => {
    const asking = journey('mail', {
      mail: { ...message, next: 'fork' },
      fork: { ...branch, paths: [{ ...branch.paths[0]!, next: 'say' }] },
      say: { ...message, next: 'react' },
      react: { ...react, of: 'say' },
    })
    const both = insertPiece(asking, wayOf('fork', 'otherwise'), {
      start: 'say',
      steps: { say: asking.steps.say!, react: asking.steps.react! },
    })
    expect(both?.draft.steps['react-2']).toMatchObject({ of: 'say-2' })
    const alone = insertPiece(asking, wayOf('react', 'otherwise'), pieceOf(asking, 'react')!)
    expect(alone?.draft.steps['react-2']).toMatchObject({ of: 'say' })
  })
})
