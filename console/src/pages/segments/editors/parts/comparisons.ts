import type { Comparison, ComparisonOp, Suggestions } from '@throughline/contracts'
import { isEventValue } from './event-values.ts'

/** What a value can be, as the API says of the shop's own data. */
export type ValueType = Suggestions['items'][number]['types'][number]

interface OpWords {
  readonly words: string
  /** Under which heading it is offered while no type is known. */
  readonly under: '' | 'Text' | 'Number' | 'Date' | 'List' | 'Version'
  /** The types of values of which it can say something. */
  readonly fits: readonly ValueType[]
}

const scalars: readonly ValueType[] = ['text', 'number', 'yes-no']
const anything: readonly ValueType[] = [...scalars, 'date', 'list', 'object']
const of = (words: string, under: OpWords['under'], ...fits: readonly ValueType[]): OpWords => ({ words, under, fits })

/** In the order in which they are offered. */
const known: { readonly [Op in ComparisonOp]: OpWords } = {
  is: of('is', '', ...scalars),
  'is-not': of('is not', '', ...scalars),
  'one-of': of('is one of', '', ...scalars),
  exists: of('is known', '', ...anything),
  missing: of('is not known', '', ...anything),
  empty: of('is empty or not known', '', 'text', 'list', 'object'),
  'not-empty': of('is not empty', '', 'text', 'list', 'object'),
  contains: of('contains', 'Text', 'text'),
  begins: of('begins with', 'Text', 'text'),
  ends: of('ends with', 'Text', 'text'),
  matches: of('matches the pattern', 'Text', 'text'),
  'at-least': of('is at least', 'Number', 'number'),
  greater: of('is more than', 'Number', 'number'),
  'at-most': of('is at most', 'Number', 'number'),
  less: of('is less than', 'Number', 'number'),
  between: of('is between', 'Number', 'number'),
  'in-last': of('was in the last', 'Date', 'date'),
  'in-next': of('is in the next', 'Date', 'date'),
  'longer-ago': of('was longer ago than', 'Date', 'date'),
  before: of('is before', 'Date', 'date'),
  after: of('is after', 'Date', 'date'),
  'between-dates': of('is between the days', 'Date', 'date'),
  anniversary: of('comes round', 'Date', 'date'),
  weekday: of('is on a', 'Date', 'date'),
  'has-any': of('has any of', 'List', 'list'),
  'has-all': of('has all of', 'List', 'list'),
  'has-none': of('has none of', 'List', 'list'),
  'version-at-least': of('is version', 'Version', 'text'),
  'version-less': of('is before version', 'Version', 'text'),
}
const ops = Object.keys(known) as readonly ComparisonOp[]

/**
 * What can be asked of values of these types, and what is asked now; everything, under headings, while no type is known.
 * `without`: what cannot be asked here.
 */
export function offered(
  types: readonly ValueType[],
  now: ComparisonOp,
  without: readonly ComparisonOp[] = [],
): readonly (readonly [op: ComparisonOp, words: string, under: string])[] {
  return ops
    .filter((op) => op === now || (!without.includes(op) && (types.length === 0 || known[op].fits.some((type) => types.includes(type)))))
    .map((op) => [op, known[op].words, types.length === 0 ? known[op].under : ''] as const)
}

type Scalar = string | number | boolean

/**
 * The comparison with other words, keeping of its value what still fits.
 * @param eventValues whether a value that is taken from an event of the shop may stand for a number
 */
export function withOp(compare: Comparison, op: ComparisonOp, eventValues = false): Comparison {
  const said: Scalar | undefined = 'values' in compare ? compare.values[0] : 'value' in compare ? compare.value : undefined
  const before = said === '' || Number.isNaN(said) ? undefined : said
  // A reference stands where the type says a number.
  const number = typeof before === 'number' || (eventValues && isEventValue(before)) ? (before as number) : Number.NaN
  switch (op) {
    case 'is':
    case 'is-not':
      return { op, value: before ?? '' }
    case 'one-of':
    case 'has-any':
    case 'has-all':
    case 'has-none':
      return { op, values: 'values' in compare ? compare.values : before === undefined ? [] : [before] }
    case 'contains':
    case 'begins':
    case 'ends':
      return { op, value: before === undefined ? '' : String(before) }
    case 'matches':
      return { op, pattern: typeof before === 'string' ? before : '' }
    case 'version-at-least':
    case 'version-less':
      return { op, version: 'version' in compare ? compare.version : '' }
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most':
      return { op, value: number }
    case 'between':
      return { op, from: number, to: Number.NaN }
    case 'before':
    case 'after':
      return { op, date: 'date' in compare ? compare.date : '' }
    case 'between-dates':
      return { op, from: 'date' in compare ? compare.date : '', to: '' }
    case 'in-last':
    case 'in-next':
    case 'longer-ago':
      return { op, time: 'time' in compare ? compare.time : '30 days' }
    case 'weekday':
      return { op, days: ['saturday', 'sunday'] }
    case 'anniversary':
    case 'exists':
    case 'missing':
    case 'empty':
    case 'not-empty':
      return { op }
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
      return Number.isNaN(value) ? '' : String(value)
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
