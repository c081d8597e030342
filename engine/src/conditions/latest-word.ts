import type { Json } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import type { Memory, Occurrence } from './behaviour.ts'

/**
 * The latest of the words that events say about one thing: `[time, word]`, of two at the same instant the larger text, by its bytes. Merging is
 * commutative, associative and idempotent.
 */
export type LatestWord = readonly [at: number, word: string]

/** The word held; `undefined` where none was said. */
export function wordIn(state: Json | undefined): string | undefined {
  return isLatestWord(state) ? state[1] : undefined
}

function isLatestWord(state: Json | undefined): state is LatestWord {
  return Array.isArray(state) && state.length === 2 && typeof state[0] === 'number' && typeof state[1] === 'string'
}

/** A memory of the latest word. @param read what an event says; `null`: nothing about this */
export function makeLatestWord(key: string, eventNames: readonly string[], read: (occurrence: Occurrence) => string | null): Memory {
  return {
    key,
    eventNames,
    widen: () => undefined,
    add(state, occurrence) {
      const word = read(occurrence)
      if (word === null) return state
      if (!isLatestWord(state) || occurrence.at > state[0] || (occurrence.at === state[0] && compareText(word, state[1]) > 0))
        return [occurrence.at, word]
      return state
    },
    merge(a, b) {
      if (!isLatestWord(a)) return b
      if (!isLatestWord(b)) return a
      return b[0] > a[0] || (b[0] === a[0] && compareText(b[1], a[1]) > 0) ? b : a
    },
  }
}
