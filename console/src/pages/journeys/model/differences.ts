import type { Step } from '@throughline/contracts'
import { describePriority } from '@throughline/engine'
import { editorOfStep } from '../steps/registry.ts'
import type { Names } from '../steps/step-editor.ts'
import { clauseOf, exitWords, goalWords, reentryWords, startWords } from '../../segments/builder/words.ts'
import type { Draft } from './draft.ts'
import { titleOf } from './editing.ts'
import { namesIn } from './step-names.ts'

export interface StepChange {
  readonly id: string
  readonly title: string
  readonly change: 'added' | 'removed' | 'changed'
  /** What is different, a sentence each; empty for what was added or removed. */
  readonly words: readonly string[]
}

export interface Differences {
  readonly steps: readonly StepChange[]
  /** What differs besides the steps: name, entry, goal, exits. */
  readonly rules: readonly string[]
}

/** What a journey says that another does not. Steps are the same when they have the same id. */
export function differencesOf(before: Draft, after: Draft, names: Names): Differences {
  const ids = [...new Set([...Object.keys(after.steps), ...Object.keys(before.steps)])]
  const steps = ids.flatMap((id): StepChange[] => {
    const [old, now] = [before.steps[id], after.steps[id]]
    if (old === undefined) return [{ id, title: titleOf(after, id), change: 'added', words: [] }]
    if (now === undefined) return [{ id, title: titleOf(before, id), change: 'removed', words: [] }]
    const words = stepWords(old, now, before, after, names)
    return words.length === 0 ? [] : [{ id, title: titleOf(after, id), change: 'changed', words }]
  })
  return { steps, rules: ruleWords(before, after) }
}

export const areSame = ({ steps, rules }: Differences): boolean => steps.length === 0 && rules.length === 0

function stepWords(old: Step, now: Step, before: Draft, after: Draft, names: Names): readonly string[] {
  if (JSON.stringify(old) === JSON.stringify(now)) return []
  const words: string[] = []
  const [was, is] = [
    editorOfStep(old).sentence(old, namesIn(names, before.steps)),
    editorOfStep(now).sentence(now, namesIn(names, after.steps)),
  ]
  if (was !== is) words.push(`${is}; before: ${was}.`)
  if (old.name !== now.name)
    words.push(now.name === undefined ? `Has no name of its own; before: “${old.name}”.` : `Is called “${now.name}”.`)
  const ways = new Map(
    editorOfStep(old)
      .ways(old)
      .map((way) => [way.port, way]),
  )
  const place = (journey: Draft, to: string | undefined): string => (to === undefined ? 'the end' : `“${titleOf(journey, to)}”`)
  for (const way of editorOfStep(now).ways(now)) {
    const other = ways.get(way.port)
    if (other === undefined || other.to === way.to) continue
    words.push(`${way.when === '' ? 'Leads' : `“${way.when}” leads`} to ${place(after, way.to)}; before: ${place(before, other.to)}.`)
  }
  if (old.note !== now.note) words.push('Its comment is different.')
  return words.length === 0 ? ['Its settings are different.'] : words
}

function ruleWords(before: Draft, after: Draft): readonly string[] {
  const said = (journey: Draft): readonly (readonly [what: string, words: string])[] => [
    ['Its name', journey.name],
    ['What it is for', journey.description ?? 'nothing is said'],
    [
      'It starts when',
      journey.entries.map((entry) => `${startWords(entry)}${entry.if === undefined ? '' : `, if ${clauseOf(entry.if)}`}`).join('; or '),
    ],
    ['Again', reentryWords(journey.reentry)],
    ['Once for each', journey.key ?? 'person'],
    ['Cap on messages', journey.mostMessages === undefined ? 'none' : `${journey.mostMessages.times} in ${journey.mostMessages.within}`],
    ['Cap per person', journey.perPerson === undefined ? 'none' : `${journey.perPerson.times} in ${journey.perPerson.within}`],
    ['Cap per day', journey.perDay === undefined ? 'none' : `${journey.perDay} over everybody`],
    ['Among other journeys', describePriority(journey).join(' ') || 'its priority is normal'],
    ['It is open', `from ${journey.opens ?? 'the beginning'} to ${journey.closes ?? 'no end'}`],
    ['Its goals', journey.goals.map(goalWords).join('; ') || 'none'],
    ['It ends early on', journey.exits.map(exitWords).join(', or ') || 'nothing'],
  ]
  const old = new Map(said(before))
  const words = said(after).flatMap(([what, is]) => (old.get(what) === is ? [] : [`${what}: ${is}; before: ${old.get(what)}.`]))
  if (before.start !== after.start && after.steps[after.start] !== undefined)
    words.push(
      `The first step: “${titleOf(after, after.start)}”${before.steps[before.start] === undefined ? '' : `; before: “${titleOf(before, before.start)}”`}.`,
    )
  return words
}
