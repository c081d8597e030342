import { durationToMs, eventNames, type SequenceCondition, type SequenceStep } from '@throughline/contracts'
import type { Selected } from '../selection.ts'
import { nameFilters } from '../views.ts'

/** Something that has to happen. */
export interface Done {
  /** Its bit among the steps. */
  readonly bit: number
  /** It comes less than so long after the one before, ms. */
  readonly within: number
  /** Bits of what must not come between the one before and this. */
  readonly without: number
}

/** Something that must not happen after the last that has to. */
export interface NotDone {
  readonly bit: number
  /** For so long, ms; `Infinity`: ever. */
  readonly within: number
}

/** The steps of a sequence, by what they ask for. */
export interface Plan {
  readonly done: readonly Done[]
  readonly after: readonly NotDone[]
  /** How long after the last that has to happen it is complete, ms. */
  readonly wait: number
}

export function planOf({ steps }: SequenceCondition): Plan {
  const done: Done[] = []
  let between: NotDone[] = []
  for (const [i, { not, within }] of steps.entries()) {
    const bit = 1 << i
    const time = within === undefined ? Infinity : durationToMs(within)
    if (not === true) between.push({ bit, within: time })
    else {
      done.push({ bit, within: time, without: between.reduce((bits, one) => bits | one.bit, 0) })
      between = []
    }
  }
  return { done, after: between, wait: Math.max(0, ...between.map(({ within }) => within).filter(Number.isFinite)) }
}

/** The first instant at which no event matters any more, epoch ms: what must not follow may come behind the end of a window. */
export function endOf({ after }: Plan, to: number): number {
  return to + Math.max(0, ...after.map(({ within }) => within))
}

/** Which events a step means. */
export function selectedBy({ event, page, screen, where }: SequenceStep): Selected {
  if (event !== undefined) return { event, where }
  const name = page ?? screen
  return { event: page === undefined ? eventNames.screenViewed : eventNames.pageViewed, where: [...nameFilters(name), ...(where ?? [])] }
}
