import {
  slugOf,
  type Condition,
  type EventMatch,
  type JourneyEntry,
  type JourneyExit,
  type JourneyGoal,
  type Reentry,
} from '@throughline/contracts'
import {
  describeClause,
  describeCondition,
  describeExit,
  describeGoal,
  describeMatch,
  describeReentry,
  describeStart,
  sayReferences,
} from '@throughline/engine'

/** What stands for something that is not filled in yet. */
const gap = '…'

/** The condition as a sentence, also while it is not finished: gaps are said as “…”. */
export function sentenceOf(condition: Condition): string {
  return isEmpty(condition) ? '' : tidy(() => describeCondition(filled(condition)))
}

/** The same as a clause that can stand inside a sentence. */
export function clauseOf(condition: Condition): string {
  return tidy(() => describeClause(filled(condition)))
}

/** Whom an event of the shop concerns, as a clause: what is taken from the event is spoken of as its own. */
export const concernsWords = (concerns: Condition): string => sayReferences(clauseOf(concerns))

/** Which events are meant, in words. */
export function matchWords(match: EventMatch): string {
  return tidy(() => describeMatch(filled(match)))
}

/** What starts a journey, without its condition: `Product Added happens`. */
export const startWords = (entry: JourneyEntry): string => tidy(() => describeStart(filled(entry)))
/** How often one person comes in. */
export const reentryWords = (reentry: Reentry): string => tidy(() => describeReentry(filled(reentry)))
/** What a journey is for. */
export const goalWords = (goal: JourneyGoal): string => tidy(() => describeGoal(filled(goal)))
/** What ends it early. */
export const exitWords = (exit: JourneyExit): string => tidy(() => describeExit(filled(exit)))

function tidy(say: () => string): string {
  try {
    return say().replaceAll('NaN', gap).replaceAll(`“${gap}”`, gap)
  } catch {
    // An unfinished condition of some kinds cannot be said at all.
    return gap
  }
}

/** Whether nothing is asked: a group of nothing, or of such groups. */
function isEmpty(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.every(isEmpty)
    case 'not':
      return isEmpty(condition.of)
    default:
      return false
  }
}

function isCondition(value: unknown): value is Condition {
  return value !== null && typeof value === 'object' && 'kind' in value && 'of' in value
}

function filled<T>(value: T): T
function filled(value: unknown): unknown {
  if (value === '') return gap
  if (Array.isArray(value)) return value.filter((one) => !isCondition(one) || !isEmpty(one)).map(filled)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one)]))
  return value
}

/** A name as an id for files and addresses: `VIP, über 150 €` becomes `vip-uber-150`; never one of those taken. */
export function idOf(name: string, taken: readonly string[], otherwise = 'segment'): string {
  const base = slugOf(name, 56, otherwise)
  let id = base
  for (let n = 2; taken.includes(id); n += 1) id = `${base}-${n}`
  return id
}
