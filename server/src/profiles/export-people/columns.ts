import { consentChannels, identifierKinds, type Json } from '@throughline/contracts'
import type { ProfileState } from '@throughline/engine'
import type { ConsentEntry } from '../../consent/index.ts'
import { firstSeenAt, nameOf } from '../describe.ts'
import { PersonError } from '../errors.ts'
import type { Seen } from '../history.ts'
import type { OwnedIdentifier } from '../load.ts'

/** Everything that a row is made of. */
export interface Exported {
  readonly profile: ProfileState
  readonly identifiers: readonly OwnedIdentifier[]
  readonly consents: readonly ConsentEntry[]
  /** When they did something, when a column asks for it and something is known. */
  readonly seen: Seen | undefined
  /** Names of segments by their ids. */
  readonly segments: ReadonlyMap<string, string>
  /** Values of computed traits by their ids, when a column asks for one. */
  readonly computed: ReadonlyMap<string, Json>
}

export interface Column {
  readonly id: string
  readonly label: string
  readonly group: 'person' | 'identifier' | 'consent' | 'trait' | 'computed'
  readonly value: (of: Exported) => Json
}

const day = (at: number): string => new Date(at).toISOString()

const fixed: readonly Column[] = [
  { id: 'id', label: 'Profile id', group: 'person', value: ({ profile }) => profile.id },
  { id: 'name', label: 'Name', group: 'person', value: ({ profile }) => nameOf(profile.traits) },
  { id: 'first_seen', label: 'First seen', group: 'person', value: ({ profile, seen }) => day(firstSeenAt(profile.createdAt, seen)) },
  { id: 'last_seen', label: 'Last seen', group: 'person', value: ({ seen }) => (seen === undefined ? null : day(seen.last)) },
  { id: 'created_at', label: 'Profile made', group: 'person', value: ({ profile }) => day(profile.createdAt) },
  {
    id: 'segments',
    label: 'Segments',
    group: 'person',
    value: ({ profile, segments }) => profile.segments.keys.map((id) => segments.get(id) ?? id),
  },
  ...identifierKinds.map((kind): Column => ({
    id: kind,
    label: { user_id: 'User id', email: 'E-mail', phone: 'Phone', anonymous_id: 'Devices' }[kind],
    group: 'identifier',
    value: ({ identifiers }) => {
      const values = identifiers.filter((one) => one.kind === kind).map(({ value }) => value)
      return values.length === 0 ? null : values.length === 1 ? values[0]! : values
    },
  })),
  ...consentChannels.map((channel): Column => ({
    id: `consent:${channel}`,
    label: `Consent: ${channel}`,
    group: 'consent',
    value: ({ consents }) => consents.find((one) => one.channel === channel && one.topic === '')?.state ?? null,
  })),
]

/** The columns of an export that names none. */
export const standardColumns: readonly string[] = ['id', 'name', 'user_id', 'email', 'phone', 'created_at', 'consent:email', 'segments']

/**
 * All columns there are, with these traits.
 * @param names how definitions are called, by `kind id`
 */
export function allColumns(traits: readonly string[], names: ReadonlyMap<string, string>): Column[] {
  const computed = [...names].flatMap(([key, name]) => (key.startsWith(TRAIT) ? computedColumn(key.slice(TRAIT.length), name) : []))
  return [...fixed, ...traits.map(traitColumn), ...computed]
}

const TRAIT = 'trait '
const COMPUTED = 'computed:'

/**
 * The columns of these ids, in their order.
 * @param names how definitions are called, by `kind id`
 * @throws PersonError `export_column_unknown`
 */
export function columnsOf(ids: readonly string[], names: ReadonlyMap<string, string>): Column[] {
  return ids.map((id) => {
    const known = fixed.find((column) => column.id === id)
    if (known !== undefined) return known
    if (id.startsWith('trait:') && id.length > 6) return traitColumn(id.slice(6))
    const computed = id.startsWith(COMPUTED) ? names.get(TRAIT + id.slice(COMPUTED.length)) : undefined
    if (computed !== undefined) return computedColumn(id.slice(COMPUTED.length), computed)
    const allowed = `${fixed.map((column) => column.id).join(', ')}, trait:NAME for any trait, computed:ID for a published computed trait`
    throw new PersonError('bad-input', 'export_column_unknown', `columns has "${id}"; allowed: ${allowed}.`, {
      field: 'query.columns',
      value: id,
      allowed,
    })
  })
}

/** Whether a column needs computed traits, which cost some time. */
export function asksComputed(columns: readonly Column[]): boolean {
  return columns.some(({ group }) => group === 'computed')
}

/** Whether a column needs the times at which people were seen, which history says. */
export function asksSeen(columns: readonly Column[]): boolean {
  return columns.some(({ id }) => id === 'first_seen' || id === 'last_seen')
}

function traitColumn(name: string): Column {
  return { id: `trait:${name}`, label: name, group: 'trait', value: ({ profile }) => profile.traits[name]?.[0] ?? null }
}

function computedColumn(id: string, name: string): Column {
  return { id: COMPUTED + id, label: name, group: 'computed', value: ({ computed }) => computed.get(id) ?? null }
}
