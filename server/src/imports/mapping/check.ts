import { importTargetsOf, type ImportKind, type ImportMapping, type ImportTarget } from '@throughline/contracts'
import { FileImportError } from '../errors.ts'

const words: { readonly [T in ImportTarget]?: string } = {
  user_id: 'user id',
  email: 'e-mail address',
  phone: 'phone number',
  anonymous_id: 'device id',
  order_id: 'order number',
  time: 'time',
  total: 'total',
  price: 'price',
  address: 'address',
}

/** What a mapping lacks before it can run, as sentences; empty when it is whole. */
export function findMissing(kind: ImportKind, mapping: ImportMapping): string[] {
  const { takes, needs } = importTargetsOf[kind]
  const has = new Set(mapping.columns.map(({ to }) => to))
  const missing = needs
    .filter((anyOf) => !anyOf.some((target) => has.has(target)))
    .map((anyOf) => `Choose the column with the ${anyOf.map((target) => words[target] ?? target).join(', or the ')}.`)
  if (kind === 'events' && !has.has('event') && mapping.event === undefined)
    missing.push('Choose the column with the names of the events, or name the event that all rows are.')
  if (kind === 'consents' && !has.has('state') && mapping.state === undefined)
    missing.push('Choose the column that says who agreed, or say what all of them said.')
  const twice = [...has].filter(
    (target) => !['trait', 'property', 'ignore'].includes(target) && mapping.columns.filter(({ to }) => to === target).length > 1,
  )
  for (const target of twice) missing.push(`Two columns are the ${words[target] ?? target}; leave one.`)
  const wrong = mapping.columns.filter(({ to }) => !takes.includes(to))
  for (const { column, to } of wrong) missing.push(`The column "${column}" cannot be ${to} in a file of ${kind}.`)
  const named = mapping.columns.filter(({ to }) => to === 'trait' || to === 'property').map(({ name, column }) => name ?? column)
  const doubled = [...new Set(named.filter((name, at) => named.indexOf(name) !== at))]
  for (const name of doubled) missing.push(`Two columns are named "${name}"; give one another name.`)
  return missing
}

/** @throws FileImportError `file_mapping_wrong` when the mapping cannot run, or names what is not allowed */
export function requireMapping(kind: ImportKind, mapping: ImportMapping): void {
  checkFile(mapping)
  const missing = findMissing(kind, mapping)
  if (missing.length === 0) return
  throw new FileImportError('conflict', 'file_mapping_wrong', missing.join(' '), {
    field: 'mapping',
    problems: missing.map((message) => ({ field: 'mapping.columns', value: undefined, allowed: 'see the message', message })),
  })
}

/** @throws FileImportError `file_mapping_wrong` for a zone or currency that nobody knows */
export function checkFile({ file }: Pick<ImportMapping, 'file'>): void {
  const refuse = (field: string, value: string, allowed: string): never => {
    throw new FileImportError('bad-input', 'file_mapping_wrong', `mapping.file.${field} is "${value}"; allowed: ${allowed}.`, {
      field: `mapping.file.${field}`,
      value,
      allowed,
    })
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: file.zone })
  } catch {
    refuse('zone', file.zone, 'a time zone such as Europe/Berlin')
  }
  if (!Intl.supportedValuesOf('currency').includes(file.currency)) refuse('currency', file.currency, 'a currency such as EUR')
}
