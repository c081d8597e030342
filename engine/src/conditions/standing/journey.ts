import { eventNames, type Condition, type JourneyCondition } from '@throughline/contracts'
import { gate } from '../../profile.ts'
import type { CompiledCondition, ConditionBehaviour, View } from '../behaviour.ts'
import { filtersToSql } from '../filters.ts'

const { journeyEntered, journeyLeft, goalReached } = eventNames

/** On the way through a journey, or once so: the engine knows runs and entries by themselves, and ClickHouse by the facts of them. */
export const journeyCondition: ConditionBehaviour<JourneyCondition> = {
  compile({ journey, is }, compiler) {
    if (is === 'reached-goal') return compiler.compile(goalOf(journey))
    const isIn = ({ runs }: View): boolean => runs.some((run) => run.journey === journey && run.step !== gate)
    const wasIn = ({ entries }: View): boolean => entries[journey] !== undefined
    const value = {
      in: isIn,
      'was-in': (view: View) => wasIn(view) && !isIn(view),
      'never-in': (view: View) => !wasIn(view) && !isIn(view),
    }[is]
    return {
      leaves: [],
      traits: [],
      hears: [journeyEntered, journeyLeft],
      timed: false,
      value,
      nextChangeAt: () => null,
    } satisfies CompiledCondition
  },
  toSql({ journey, is }, sql) {
    if (is === 'reached-goal') return sql.compile(goalOf(journey))
    const runs = (name: string): string => {
      const means = `name = '${name}'`
      const about = [means, ...filtersToSql([{ property: 'journey', compare: { op: 'is', value: journey } }], sql)].join(' and ')
      sql.reads(about)
      return sql.column(`uniqExactIf(${sql.jsonAt('properties', 'run')}, ${about})`)
    }
    switch (is) {
      case 'in':
        return `${runs(journeyEntered)} > ${runs(journeyLeft)}`
      case 'was-in':
        return `(${runs(journeyEntered)} > 0 and ${runs(journeyEntered)} <= ${runs(journeyLeft)})`
      case 'never-in':
        return `${runs(journeyEntered)} = 0`
      default:
        return is satisfies never
    }
  },
  describe({ journey, is }) {
    switch (is) {
      case 'in':
        return `is in the journey ${journey}`
      case 'was-in':
        return `was in the journey ${journey} and is no more`
      case 'never-in':
        return `was never in the journey ${journey}`
      case 'reached-goal':
        return `reached the goal of the journey ${journey}`
      default:
        return is satisfies never
    }
  },
  exactness: () => 'Exact, from the first entry on that history knows.',
  children: () => [],
}

function goalOf(journey: string): Condition {
  return {
    kind: 'event',
    event: goalReached,
    times: { op: 'at-least', n: 1 },
    where: [{ property: 'journey', compare: { op: 'is', value: journey } }],
  }
}
