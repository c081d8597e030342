import { durationToMs, type EventTimeCondition, type Json } from '@throughline/contracts'
import { shortKey } from '../hash.ts'
import { lookUp } from '../table.ts'
import { isPending, type ConditionBehaviour, type Memory, type Occurrence } from './behaviour.ts'
import { compileSelection, describeSelection, selectionToSql, type Selection } from './selection.ts'
import { anchorToSql, compileWindow, describeWindow, sayWhenWindowMoves, traitsOf, windowFor, windowToSql, type Window } from './window.ts'

/** The first or the last time that the event ever happened lies in the window, or longer ago than a span. */
export const eventTimeCondition: ConditionBehaviour<EventTimeCondition> = {
  compile(condition, compiler) {
    const selection = compileSelection(condition, compiler.context)
    const window = compileWindow(condition, compiler.context)
    const age = condition.longerAgo === undefined ? undefined : durationToMs(condition.longerAgo)
    const memoryKey = shortKey(JSON.stringify([condition.which, ...selection.key]))
    const leaf = compiler.leaf(memoryKey, { keep: 1, within: undefined }, () => makeExtreme(memoryKey, selection, condition.which))
    const holds = (at: number, now: number, { from }: Window): boolean =>
      at <= now && (age === undefined ? at >= from(now) && at < window.to : at <= now - age)
    return {
      leaves: [leaf],
      traits: traitsOf(window),
      timed: window.timed || age !== undefined,
      value(view, now) {
        if (isPending(view, leaf.key)) return 'pending'
        const state = lookUp(view.memories, memoryKey)
        return isExtreme(state) && holds(state[0], now, windowFor(window, view))
      },
      nextChangeAt(view, now) {
        const state = lookUp(view.memories, memoryKey)
        if (!isExtreme(state)) return null
        const [at] = state
        const instants = [at, age === undefined ? window.leavesAt(at) : at + age].filter((instant) => instant > now && instant < Infinity)
        instants.sort((a, b) => a - b)
        const own = windowFor(window, view)
        return instants.find((instant) => holds(at, instant, own) !== holds(at, now, own)) ?? null
      },
    }
  },

  toSql(condition, sql) {
    const { name, parts } = selectionToSql(condition, sql)
    const all = sql.perEvent(parts.join(' and '))
    sql.reads(parts.length > 1 ? `${name} and ${all}` : name)
    const happened = sql.column(`countIf(${all})`)
    const at = sql.column(`${condition.which === 'first' ? 'min' : 'max'}If(at, ${all})`)
    const inside =
      condition.longerAgo === undefined
        ? windowToSql(condition, sql).parts.map((part) => part.replace(/^at /, `${at} `))
        : [`${at} <= {now:Int64} - ${sql.parameter('Int64', durationToMs(condition.longerAgo))}`]
    const anchor = anchorToSql(condition, sql)
    return `(${[`${happened} > 0`, ...inside, ...(anchor === undefined ? [] : [`${at} >= ${anchor}`])].join(' and ')})`
  },

  describe(condition) {
    const what = describeSelection(condition)
    const span = condition.longerAgo === undefined ? describeWindow(condition) : ` more than ${condition.longerAgo} ago`
    return `did ${what} for the ${condition.which} time${span}`
  },

  exactness: (condition) =>
    `Keeps the time of the ${condition.which} event; exact. ${condition.longerAgo === undefined ? sayWhenWindowMoves(condition) : 'Changes to the millisecond.'}`,

  children: () => [],
}

type Extreme = readonly [at: number, none: 0]

function isExtreme(state: Json | undefined): state is Extreme {
  return Array.isArray(state)
}

/** The time of the first or last event: a pair, as lists of times are, whose second part says nothing. */
function makeExtreme(key: string, selection: Selection, which: 'first' | 'last'): Memory {
  const isBetter = which === 'first' ? (at: number, than: number) => at < than : (at: number, than: number) => at > than
  return {
    key,
    eventNames: selection.eventNames,
    ...(selection.isByName && { readsNoProperties: true }),
    widen() {},
    add: (state: Json | undefined, occurrence: Occurrence) =>
      selection.matches(occurrence) && (!isExtreme(state) || isBetter(occurrence.at, state[0])) ? [occurrence.at, 0] : state,
    merge: (a, b) => (isExtreme(a) && isExtreme(b) && isBetter(b[0], a[0]) ? b : a),
  }
}
