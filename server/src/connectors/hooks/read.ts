import { createHash } from 'node:crypto'
import {
  acceptLimits,
  eventNames,
  type HookIdentity,
  type HookKind,
  type Identifier,
  type ImportMapping,
  type Json,
  type Problem,
} from '@throughline/contracts'
import { readRows, type Item, type Refused } from '../../imports/index.ts'
import { ConnectorError } from '../errors.ts'
import { isObject, valueAt } from './json.ts'
import { rowsOf } from './rows.ts'

export interface HookMapping {
  readonly kind: HookKind
  readonly items: string
  readonly identity: HookIdentity
  readonly mapping: ImportMapping
}

/** A call in the form of the HTTP API. */
export interface Call {
  readonly messageId: string
  readonly [field: string]: unknown
}

/** What came of one thing that was told. */
export interface Told {
  readonly thing: Json
  readonly calls: readonly Call[]
  readonly problems: readonly Problem[]
  /** Whether its ids are made of values that the sender chose, so that they hold for ever. */
  readonly named: boolean
}

/** The column that stands for the time at which it came, where the sender says none. */
const NOW = '$received'

/** The mapping with a time: where none is mapped, it is that at which the body came. */
export function withTime(mapping: ImportMapping): ImportMapping {
  return mapping.columns.some(({ to }) => to === 'time')
    ? mapping
    : { ...mapping, columns: [...mapping.columns, { column: NOW, to: 'time' }] }
}

/** The things that a body tells. @throws ConnectorError `hook_body_wrong` */
export function thingsOf(body: Json, items: string): readonly Json[] {
  const found = valueAt(body, items)
  const things = Array.isArray(found) ? found : [found]
  if (found === null || !things.every(isObject))
    throw wrongBody(
      items,
      found === null ? 'nothing' : Array.isArray(found) ? 'a list with something else than objects' : `a ${typeof found}`,
    )
  if (things.length > acceptLimits.batchEvents)
    throw wrongBody(items, `a list of ${things.length}`, `at most ${acceptLimits.batchEvents} at once`)
  return things
}

function wrongBody(items: string, found: string, allowed = 'an object, or a list of objects'): ConnectorError {
  const field = items === '' ? 'body' : items
  return new ConnectorError('bad-input', 'hook_body_wrong', `${field} is ${found}; allowed: ${allowed}.`, { field, value: found, allowed })
}

/**
 * What things say under a mapping, as calls whose ids are the same whenever the same is told again.
 * @param headers of the request, by names in small letters
 * @param now epoch ms
 */
export function readThings(
  things: readonly Json[],
  { kind, identity, mapping: given }: HookMapping,
  headers: { readonly [name: string]: string | string[] | undefined },
  now: number,
): Told[] {
  const mapping = withTime(given)
  const columns = mapping.columns.filter(({ to }) => to !== 'ignore').map(({ column }) => column)
  return things.map((thing, index): Told => {
    const base = idOf(thing, identity, headers, index, things.length)
    if (base === null) {
      const field = identity.kind === 'path' ? identity.path : identity.kind === 'header' ? identity.name : 'body'
      const message = `${field} is missing, by which what is told twice is known again.`
      return { thing, calls: [], problems: [{ field, value: null, allowed: 'a text or a number', message }], named: false }
    }
    const rows = rowsOf(thing, columns)
    const at = columns.indexOf(NOW)
    const cells = at === -1 ? rows.cells : rows.cells.map((row) => row.with(at, now))
    const read = readRows(kind, mapping, { columns, cells })
    const problems = read.flatMap((one) => ('rows' in one ? [] : problemsOf(one)))
    const items = read.filter((one): one is Item => 'rows' in one)
    const calls =
      problems.length > 0 ? [] : items.flatMap((item, place) => callsOf(item, items.length > 1 ? `${base}:${place}` : base, now))
    return { thing, calls, problems, named: kind === 'orders' }
  })
}

function idOf(
  thing: Json,
  identity: HookIdentity,
  headers: { readonly [name: string]: unknown },
  index: number,
  count: number,
): string | null {
  switch (identity.kind) {
    case 'content':
      return hash(JSON.stringify(thing))
    case 'path': {
      const value = valueAt(thing, identity.path)
      return typeof value === 'number' || (typeof value === 'string' && value !== '') ? fit(String(value)) : null
    }
    case 'header': {
      const value = headers[identity.name.toLowerCase()]
      if (typeof value !== 'string' || value === '') return null
      return fit(count === 1 ? value : `${value}:${index}`)
    }
    default:
      return identity satisfies never
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32)
const fit = (text: string): string => (text.length <= 200 ? text : hash(text))

function problemsOf({ errors }: Refused): Problem[] {
  return errors.map(({ column, value, reason, allowed }) => ({
    field: column ?? 'body',
    value,
    allowed: allowed ?? 'see the message',
    message: reason,
  }))
}

function callsOf(item: Item, id: string, now: number): Call[] {
  const valueOf = (kind: Identifier['kind']): string | undefined => item.identifiers.find((one) => one.kind === kind)?.value
  const [userId, anonymousId, email, phone] = [valueOf('user_id'), valueOf('anonymous_id'), valueOf('email'), valueOf('phone')]
  const contacts = { ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) }
  const shared = {
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    context: Object.keys(contacts).length > 0 ? { traits: contacts } : {},
    timestamp: new Date(item.at ?? now).toISOString(),
  }
  const calls: Call[] = []
  if (item.traits !== undefined) calls.push({ type: 'identify', messageId: `people:${id}`, ...shared, traits: item.traits })
  if (item.consent !== undefined) {
    const { channel, topic, state, wording } = item.consent
    const address = channel === 'email' && topic === '' ? email : undefined
    const properties = { channel, topic, state, ...(address !== undefined && { address }), ...(wording !== undefined && { wording }) }
    calls.push({ type: 'track', event: eventNames.consentChanged, messageId: `consent:${id}`, ...shared, properties })
  }
  if (item.event !== undefined) {
    const { name, properties, messageId } = item.event
    calls.push({ type: 'track', event: name, messageId: messageId ?? `event:${id}`, ...shared, properties })
  }
  return calls
}
