import type { Json, SequenceCondition, SequenceStep } from '@throughline/contracts'
import { murmur32, shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import { isPending, type ConditionBehaviour, type Memory, type Occurrence, type View } from '../behaviour.ts'
import { describeFilters } from '../filters.ts'
import { widest } from '../retention.ts'
import { compileSelection, describeSelection, type Selection } from '../selection.ts'
import { keyOf, valuesAt } from '../values.ts'
import { compileWindow, describeWindow, sayWhenWindowMoves, traitsOf, windowFor, type Window } from '../window.ts'
import { addMoment, asMoments, mergeMoments, MOST_MOMENTS, type Moments } from './moments.ts'
import { endOf, planOf, selectedBy } from './plan.ts'
import { holdsAt, nextFlipOf, spansOf, type Span } from './spans.ts'
import { MOST_KEYS, sequenceToSql } from './sql.ts'

/** One thing happened, then another, and a third did not. */
export const sequenceCondition: ConditionBehaviour<SequenceCondition> = {
  compile(condition, compiler) {
    const plan = planOf(condition)
    const window = compileWindow(condition, compiler.context)
    const until = endOf(plan, window.to)
    const steps = condition.steps.map((step): Step => {
      const selection = compileSelection(selectedBy(step), compiler.context)
      const same = condition.same === undefined ? undefined : (step.same ?? condition.same)
      return { selection, same, until: step.not === true ? until : window.to }
    })
    const known = steps.map((step) => [...step.selection.key, step.same ?? null, ...(window.fixed ? [step.until] : [])])
    const memoryKey = shortKey(JSON.stringify(['sequence', known, ...(window.key ?? [])]))
    const leaf = compiler.leaf(memoryKey, { keep: MOST_MOMENTS, within: window.within }, () => makeMoments(memoryKey, steps, window))
    // The state of a person is asked several times between two changes.
    let latest: { readonly of: Moments; readonly anchor: number | undefined; readonly spans: readonly Span[] } | undefined
    const spansFor = (view: View): readonly Span[] => {
      const of = asMoments(lookUp(view.memories, memoryKey))
      const anchor = window.anchor?.of(view)
      if (latest?.of !== of || latest.anchor !== anchor) latest = { of, anchor, spans: spansOf(of, plan, windowFor(window, view)) }
      return latest.spans
    }
    return {
      leaves: [leaf],
      traits: traitsOf(window),
      timed: window.timed || plan.wait > 0,
      value: (view, now) => (isPending(view, leaf.key) ? 'pending' : holdsAt(spansFor(view), now)),
      nextChangeAt: (view, now) => nextFlipOf(spansFor(view), now),
    }
  },

  toSql: sequenceToSql,

  describe(condition) {
    const [first, ...rest] = condition.steps
    const then = rest.map((step) => `, then ${step.not === true ? 'not ' : ''}${describeStep(step)}${describeLimit(step)}`)
    const same = condition.same === undefined ? '' : `, all with the same ${condition.same.replaceAll('[]', '')}`
    return `did ${describeStep(first!)}${then.join('')}${same}${describeWindow(condition).replace(/^(?=.)/, ',')}`
  },

  exactness(condition) {
    const wait = planOf(condition).wait > 0 ? ' What must not follow has not, to the millisecond, once its time is over.' : ''
    return `Keeps when its events came, up to ${MOST_MOMENTS} times; of more, the latest count.${wait} ${sayWhenWindowMoves(condition)}`
  },

  children: () => [],
}

interface Step {
  readonly selection: Selection
  /** Path of the property that has to be the same. */
  readonly same: string | undefined
  /** The first instant at which its events matter no more: what must not follow may come behind a fixed window. */
  readonly until: number
}

function makeMoments(key: string, steps: readonly Step[], window: Window): Memory {
  const need = widest()
  return {
    key,
    eventNames: [...new Set(steps.flatMap(({ selection }) => selection.eventNames))],
    widen: need.widen,
    add(state: Json | undefined, occurrence: Occurrence) {
      const { at } = occurrence
      if (window.fixed && at < window.from(at)) return state
      const stepsByKey = new Map<number, number>()
      for (const [i, { selection, same, until }] of steps.entries()) {
        if (at >= until || !selection.matches(occurrence)) continue
        for (const each of same === undefined ? [0] : keysOf(occurrence, same)) stepsByKey.set(each, (stepsByKey.get(each) ?? 0) | (1 << i))
      }
      if (stepsByKey.size === 0) return state
      let moments = asMoments(state)
      for (const [each, bits] of stepsByKey) moments = addMoment(moments, at, each, bits, need)
      return moments
    },
    merge: (a, b) => mergeMoments(asMoments(a), asMoments(b), need),
  }
}

/** What tells the values at this path from others, of the first so many different ones. */
function keysOf({ properties }: Occurrence, path: string): readonly number[] {
  const keys = new Set<string>()
  for (const value of valuesAt(properties, path)) {
    const key = keyOf(value)
    if (key !== undefined && keys.size < MOST_KEYS) keys.add(key)
  }
  return [...keys].map(murmur32)
}

function describeStep(step: SequenceStep): string {
  const name = step.page ?? step.screen
  if (name === undefined) return describeSelection(selectedBy(step))
  const filters = describeFilters(step.where)
  const what = step.page === undefined ? 'screen' : 'page'
  const viewed = name === '*' ? `any ${what} viewed` : `the ${what} “${name.replaceAll('*', '…')}” viewed`
  return filters === '' ? viewed : `${viewed} where ${filters}`
}

function describeLimit({ within }: SequenceStep): string {
  return within === undefined ? '' : ` within ${within}`
}
