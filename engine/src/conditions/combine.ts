import type { CompiledCondition } from './behaviour.ts'

/** What a condition made of several parts has in common, whatever its logic: it can change when one of them can. */
export function combine(parts: readonly CompiledCondition[]): Omit<CompiledCondition, 'value'> {
  const timed = parts.filter((part) => part.timed)
  return {
    leaves: [...new Set(parts.flatMap((part) => part.leaves))],
    traits: [...new Set(parts.flatMap((part) => part.traits))],
    hears: [...new Set(parts.flatMap((part) => part.hears ?? []))],
    ranked: parts.some((part) => part.ranked === true),
    timed: timed.length > 0,
    nextChangeAt(view, now) {
      let next: number | null = null
      for (const part of timed) {
        const at = part.nextChangeAt(view, now)
        if (at !== null && (next === null || at < next)) next = at
      }
      return next
    },
  }
}
