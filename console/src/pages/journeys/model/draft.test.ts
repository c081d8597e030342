import { expect, test } from 'vitest'
import type { JourneyDraft, Step } from '@throughline/contracts'
import { clauseOf, startWords } from '../../segments/builder/words.ts'
import { blankJourney, readDraft, writeDraft } from './draft.ts'

const kept = (more: object): JourneyDraft['definition'] => writeDraft({ ...blankJourney('j', 'J'), ...more } as never)

test('an end of a range that is still empty is empty again when the draft is read, and a gap in words', () => {
  const compare = { op: 'between', from: Number.NaN, to: Number.NaN } as const
  const step: Step = { kind: 'branch', paths: [{ if: { kind: 'trait', trait: 'age', compare } }] } as never
  const draft = readDraft(kept({ steps: { look: step }, start: 'look' }))
  expect(draft.steps['look']).toEqual(step)
  expect(clauseOf((draft.steps['look'] as Extract<Step, { kind: 'branch' }>).paths[0]!.if)).toMatch(/is from … to …$/)
})

test('a trait that changes from or to nothing at all stays so', () => {
  const entry = { kind: 'trait', trait: 'plan', from: null, to: 'gold' } as const
  const [read] = readDraft(kept({ entries: [entry, { kind: 'api' }] })).entries
  expect(read).toMatchObject(entry)
  expect(startWords(read!)).not.toContain('…')
})

test('a condition of an entry keeps its empty number too', () => {
  const entry = { kind: 'trait', trait: 'plan', if: { kind: 'trait', trait: 'age', compare: { op: 'between', from: 3, to: Number.NaN } } }
  expect(readDraft(kept({ entries: [entry, { kind: 'api' }] })).entries[0]).toEqual(entry)
})
