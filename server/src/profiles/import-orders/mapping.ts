import { parseDocument } from 'yaml'
import { z } from 'zod'
import { ImportError } from './errors.ts'
import { makeTimeReader, timeTokens } from './local-time.ts'

/** What a line with such a code is, if it is no goods. `ignore` leaves it out, counted and listed. */
const lineKinds = ['shipping', 'discount', 'fee', 'adjustment', 'ignore'] as const

const column = z.string().min(1)
/** How a document is told from its order number or from a column of its own. */
const markSchema = z.union([z.strictObject({ prefix: z.string().min(1) }), z.strictObject({ column, values: z.array(z.string()).min(1) })])

export const mappingSchema = z.strictObject({
  /** The source that the events carry; together with the order number it makes a line importable only once. */
  source: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'small letters, digits and dashes, at most 64, such as "import-shop"'),
  file: z
    .strictObject({
      delimiter: z.string().length(1).default(','),
      quote: z.string().length(1).default('"'),
      encoding: z.enum(['utf8', 'latin1']).default('utf8'),
      decimalMark: z.enum(['.', ',']).default('.'),
    })
    .prefault({}),
  columns: z.strictObject({
    order: column,
    sku: column,
    quantity: column,
    price: column,
    time: column,
    customer: column,
    name: column.optional(),
    email: column.optional(),
    country: column.optional(),
    /** On a credit note: the order that it refunds. */
    refundOf: column.optional(),
  }),
  /** Further traits of the customer: trait name → column. */
  traits: z.record(z.string().min(1).max(200), column).default({}),
  time: z.strictObject({
    format: z
      .string()
      .refine(
        (format) => makeTimeReader(format) !== null,
        `year, month and day out of ${timeTokens.join(' ')}, each once, such as "yyyy-MM-dd HH:mm:ss"`,
      ),
    zone: z.string().refine(isZone, 'an IANA time zone, such as "Europe/London"'),
  }),
  currency: z.string().refine(isCurrency, 'an ISO 4217 code in capitals, such as "GBP"'),
  customer: z
    .strictObject({
      /** Cut off the end of the customer's number: `17850.0` → `17850`. */
      dropSuffix: z.string().min(1).optional(),
      /** Values that mean that the customer is not known, besides an empty one. */
      unknown: z.array(z.string()).default([]),
    })
    .prefault({}),
  documents: z
    .strictObject({
      creditNote: markSchema.optional(),
      /** Bookkeeping that is no order: counted, listed, not imported. */
      adjustment: markSchema.optional(),
    })
    .prefault({}),
  /** `own`: another shop has orders of the same numbers, so those of this one are told apart by the source. */
  orderNumbers: z.enum(['shared', 'own']).default('shared'),
  /** Whether quantities of a credit note are written with a minus. */
  creditNoteQuantities: z.enum(['negative', 'positive']).default('negative'),
  /** Codes that are no goods; everything else is. Codes compare without regard to case. */
  lines: z.array(z.strictObject({ as: z.enum(lineKinds), skus: z.array(z.string().min(1)).min(1) })).default([]),
  /** What the file calls a country → its two-letter code, `null` where no country is meant. English names are known already. */
  countries: z
    .record(
      z.string(),
      z
        .string()
        .regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1), or null')
        .nullable(),
    )
    .default({}),
})

/** How one shop's file of order lines becomes orders, refunds and customers. */
export type Mapping = z.infer<typeof mappingSchema>
export type Mark = z.infer<typeof markSchema>
export type LineKind = (typeof lineKinds)[number]

/**
 * Reads a mapping from YAML (or JSON) text. `file` is its name for messages.
 * Throws {@link ImportError}: `mapping_unreadable` (no YAML), `mapping_invalid` (names field, value and what is allowed).
 */
export function parseMapping(text: string, file: string): Mapping {
  const document = parseDocument(text)
  const broken = document.errors[0]
  if (broken !== undefined)
    throw new ImportError('bad-input', 'mapping_unreadable', `${file} is not valid YAML: ${broken.message.split('\n')[0]}`)
  const data: unknown = document.toJS()
  const result = mappingSchema.safeParse(data)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
    const path = issue.path.map(String)
    if (keys.length > 0)
      return keys.map((key) => ({
        field: [...path, key].join('.'),
        value: null,
        allowed: 'no field of this name',
        message: UNKNOWN_FIELD,
      }))
    const value = valueAtPath(data, path)
    return [
      {
        field: path.join('.') || '(file)',
        value: value === undefined ? null : JSON.parse(JSON.stringify(value)),
        allowed: allowedBy(issue),
        message: issue.message,
      },
    ]
  })
  const lines = problems.map(({ field, value, allowed, message }) =>
    message === UNKNOWN_FIELD
      ? `  ${field}: there is no field of this name`
      : `  ${field}: ${value === null ? 'nothing' : JSON.stringify(value)} stands there; allowed: ${allowed}`,
  )
  throw new ImportError('bad-input', 'mapping_invalid', `${file} is no mapping for orders:\n${lines.join('\n')}`, { problems })
}

const UNKNOWN_FIELD = 'unknown field'

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? 'text' : `a value of type ${issue.expected}`
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'invalid_union':
      return 'either { prefix: … } or { column: …, values: […] }'
    default:
      return issue.message
  }
}

function valueAtPath(data: unknown, path: readonly string[]): unknown {
  let at = data
  for (const key of path) {
    if (at === null || typeof at !== 'object') return undefined
    at = Reflect.get(at, key)
  }
  return at
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code)
}
