import type { Comparison, Suggestions } from '@throughline/contracts'

/** What a value can be, as the API says of the shop's own data. */
export type ValueType = Suggestions['items'][number]['types'][number]
export type Op = Comparison['op']

/** What stands behind the words of a comparison. */
type Takes = 'value' | 'values' | 'text' | 'number' | 'nothing'

interface OpWords {
  readonly op: Op
  readonly words: string
  readonly takes: Takes
  /** The types of values of which it can say something. */
  readonly fits: readonly ValueType[]
}

const scalars: readonly ValueType[] = ['text', 'number', 'yes-no', 'date']
const anything: readonly ValueType[] = [...scalars, 'list', 'object']

/** In the order in which they are offered. */
const known: readonly OpWords[] = [
  { op: 'is', words: 'is', takes: 'value', fits: scalars },
  { op: 'is-not', words: 'is not', takes: 'value', fits: scalars },
  { op: 'one-of', words: 'is one of', takes: 'values', fits: scalars },
  { op: 'contains', words: 'contains', takes: 'text', fits: ['text'] },
  { op: 'begins', words: 'begins with', takes: 'text', fits: ['text'] },
  { op: 'ends', words: 'ends with', takes: 'text', fits: ['text'] },
  { op: 'at-least', words: 'is at least', takes: 'number', fits: ['number'] },
  { op: 'greater', words: 'is more than', takes: 'number', fits: ['number'] },
  { op: 'at-most', words: 'is at most', takes: 'number', fits: ['number'] },
  { op: 'less', words: 'is less than', takes: 'number', fits: ['number'] },
  { op: 'before', words: 'is before', takes: 'text', fits: ['date'] },
  { op: 'after', words: 'is after', takes: 'text', fits: ['date'] },
  { op: 'has-any', words: 'has any of', takes: 'values', fits: ['list'] },
  { op: 'has-all', words: 'has all of', takes: 'values', fits: ['list'] },
  { op: 'has-none', words: 'has none of', takes: 'values', fits: ['list'] },
  { op: 'matches', words: 'matches the pattern', takes: 'text', fits: ['text'] },
  { op: 'version-at-least', words: 'is at least version', takes: 'text', fits: ['text'] },
  { op: 'version-less', words: 'is a version before', takes: 'text', fits: ['text'] },
  { op: 'empty', words: 'is empty', takes: 'nothing', fits: anything },
  { op: 'not-empty', words: 'is not empty', takes: 'nothing', fits: anything },
  { op: 'exists', words: 'is known', takes: 'nothing', fits: anything },
  { op: 'missing', words: 'is not known', takes: 'nothing', fits: anything },
]

export function wordsOf(op: Op): OpWords | undefined {
  return known.find((one) => one.op === op)
}

/** What can be asked of values of these types, and what is asked now; everything while no type is known. */
export function offered(types: readonly ValueType[], now: Op): readonly (readonly [Op, string])[] {
  return known
    .filter((one) => types.length === 0 || one.op === now || one.fits.some((type) => types.includes(type)))
    .map((one) => [one.op, one.words] as const)
}

type Scalar = string | number | boolean

/** The comparison with other words, keeping of its value what still fits. */
export function withOp(compare: Comparison, op: Op): Comparison {
  const before: Scalar | undefined = 'values' in compare ? compare.values[0] : 'value' in compare ? compare.value : undefined
  switch (op) {
    case 'is':
    case 'is-not':
      return { op, value: before ?? '' }
    case 'one-of':
    case 'has-any':
    case 'has-all':
    case 'has-none':
      return { op, values: 'values' in compare ? compare.values : before === undefined || before === '' ? [] : [before] }
    case 'matches':
      return { op, pattern: before === undefined ? '' : String(before) }
    case 'version-at-least':
    case 'version-less':
      return { op, version: before === undefined ? '' : String(before) }
    case 'before':
    case 'after':
      return { op, date: 'date' in compare ? compare.date : before === undefined ? '' : String(before) }
    case 'contains':
    case 'begins':
    case 'ends':
      return { op, value: before === undefined ? '' : String(before) }
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most':
      return { op, value: typeof before === 'number' ? before : Number.NaN }
    case 'exists':
    case 'missing':
    case 'empty':
    case 'not-empty':
      return { op }
    // Not offered.
    case 'between':
    case 'between-dates':
    case 'in-last':
    case 'in-next':
    case 'longer-ago':
    case 'anniversary':
    case 'weekday':
      return compare
    default:
      return op satisfies never
  }
}

/** How a value is written: as text, as a number, or as yes or no. */
export type Form = 'text' | 'number' | 'yes-no'

export const formOf = (value: Scalar): Form => (typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'yes-no' : 'text')

/** The value in another form; NaN for a number that it is not. */
export function inForm(value: Scalar, form: Form): Scalar {
  switch (form) {
    case 'text':
      return typeof value === 'number' && Number.isNaN(value) ? '' : typeof value === 'boolean' ? (value ? 'true' : 'false') : String(value)
    case 'number':
      return typeof value === 'string' && value.trim() !== '' ? Number(value) : typeof value === 'number' ? value : Number.NaN
    case 'yes-no':
      return value === true || value === 'true' || value === 'yes' || value === ''
    default:
      return form satisfies never
  }
}

/** The forms that values of these types can have; all of them while none is known. */
export function formsOf(types: readonly ValueType[]): readonly Form[] {
  const forms = types.flatMap((type): readonly Form[] =>
    type === 'number' || type === 'yes-no' ? [type] : type === 'text' || type === 'date' ? ['text'] : [],
  )
  return forms.length === 0 ? ['text', 'number', 'yes-no'] : [...new Set(forms)]
}
