import type { Window } from '../window.ts'
import { STRIDE, type Moments } from './moments.ts'
import type { Plan } from './plan.ts'

/** From when until when a sequence holds if nothing is added, epoch ms; `until` is outside. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** The latest moment at which the steps so far were done, and when the first of them was. */
interface Reached {
  readonly at: number
  readonly start: number
}

/**
 * When the sequence holds, by these moments: a span for each moment that completes it.
 *
 * One pass in order of time, in which of each step only its latest moment has to be known: a later one has a later limit, fewer
 * moments behind it that could break it, and begins no earlier. So the start found is the latest there is, and the window, which
 * only asks whether that lies inside, is answered exactly. A moment does not follow itself: steps are looked at from the last.
 */
export function spansOf(moments: Moments, { done, after, wait }: Plan, window: Window): readonly Span[] {
  const last = done.length - 1
  const reachedBy = new Map<number, (Reached | undefined)[]>()
  const ends: (Reached & { readonly index: number })[] = []
  for (let index = 0; index < moments.length; index += STRIDE) {
    const [at, key, steps] = [moments[index]!, moments[index + 1]!, moments[index + 2]!]
    let reached = reachedBy.get(key)
    if (reached === undefined) reachedBy.set(key, (reached = done.map(() => undefined)))
    for (let step = last; step >= 0; step--) {
      const { bit, within, without } = done[step]!
      const before = reached[step - 1]
      const isDone = (steps & bit) !== 0 && at < window.to
      const follows = before !== undefined && at - before.at < within
      if (isDone && (step === 0 || follows)) reached[step] = { at, start: before?.start ?? at }
      // What breaks the way to this step breaks it for those who come later; this very moment is not between.
      if (step > 0 && (steps & without) !== 0) reached[step - 1] = undefined
      if (step === last && reached[step]?.at === at) ends.push({ ...reached[step]!, index })
    }
  }
  const broken = brokenAfter(moments, after)
  return ends.flatMap(({ at, start, index }): Span[] => {
    if (!window.timed && start < window.from(start)) return []
    const until = Math.min(window.leavesAt(start), broken(index))
    return until > at + wait ? [{ from: at + wait, until }] : []
  })
}

/** When the end at an index is undone by what must not follow: at once by what came within its time, else when it comes. */
function brokenAfter(moments: Moments, after: Plan['after']): (index: number) => number {
  if (after.length === 0) return () => Infinity
  const undoneAt: number[] = []
  const nextByKey = new Map<number, number[]>()
  for (let index = moments.length - STRIDE; index >= 0; index -= STRIDE) {
    const [at, key, steps] = [moments[index]!, moments[index + 1]!, moments[index + 2]!]
    let next = nextByKey.get(key)
    if (next === undefined) nextByKey.set(key, (next = after.map(() => Infinity)))
    undoneAt[index] = after.reduce((soonest, { within }, i) => (next[i]! - at < within ? Math.min(soonest, next[i]!) : soonest), Infinity)
    for (const [i, { bit }] of after.entries()) if ((steps & bit) !== 0) next[i] = at
  }
  return (index) => undoneAt[index]!
}

/** Whether it holds at this instant. */
export function holdsAt(spans: readonly Span[], now: number): boolean {
  return spans.some(({ from, until }) => from <= now && now < until)
}

/** The first instant after `now` at which that changes; `null`: never. */
export function nextFlipOf(spans: readonly Span[], now: number): number | null {
  if (!holdsAt(spans, now)) {
    const next = Math.min(...spans.map(({ from }) => from).filter((from) => from > now))
    return next === Infinity ? null : next
  }
  // Spans that overlap, or begin where another ends, hold on.
  let until = now
  for (;;) {
    const further = Math.max(...spans.filter(({ from }) => from <= until).map((span) => span.until))
    if (further <= until) return until
    if (further === Infinity) return null
    until = further
  }
}
