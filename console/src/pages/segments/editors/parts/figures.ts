import type { Measure } from '@throughline/contracts'
import type { ValueType } from './comparisons.ts'

/** The words of a figure, and of which type it is: `own` that of the property. */
export const figures: { readonly [O in Measure['of']]: { readonly words: string; readonly type: ValueType | 'own' } } = {
  count: { words: 'the number of', type: 'number' },
  sum: { words: 'the total of', type: 'number' },
  average: { words: 'the average of', type: 'number' },
  min: { words: 'the lowest', type: 'own' },
  max: { words: 'the highest', type: 'own' },
  distinct: { words: 'the number of different', type: 'number' },
  'most-frequent': { words: 'the most frequent', type: 'own' },
  share: { words: 'the share in percent of', type: 'number' },
  rank: { words: 'the rank of', type: 'number' },
  first: { words: 'the first', type: 'own' },
  last: { words: 'the last', type: 'own' },
  'days-since': { words: 'the days since the last', type: 'number' },
  values: { words: 'the list of', type: 'list' },
}
