import { consentChannels, identifierKinds, type Json } from '@throughline/contracts'
import type { ProfileState } from '@throughline/engine'
import type { ConsentEntry } from '../../consent/index.ts'
import { nameOf } from '../describe.ts'
import { PersonError } from '../errors.ts'
import type { OwnedIdentifier } from '../load.ts'

/** Everything that a row is made of. */
export interface Exported {
  readonly profile: ProfileState
  readonly identifiers: readonly OwnedIdentifier[]
  readonly consents: readonly ConsentEntry[]
  /** Names of segments by their ids. */
  readonly segments: ReadonlyMap<string, string>
}

export interface Column {
  readonly id: string
  readonly label: string
  readonly group: 'person' | 'identifier' | 'consent' | 'trait'
  readonly value: (of: Exported) => Json
}

const day = (at: number): string => new Date(at).toISOString()

const fixed: readonly Column[] = [
  { id: 'id', label: 'Profile id', group: 'person', value: ({ profile }) => profile.id },
  { id: 'name', label: 'Name', group: 'person', value: ({ profile }) => nameOf(profile.traits) },
  { id: 'created_at', label: 'First seen', group: 'person', value: ({ profile }) => day(profile.createdAt) },
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

/** All columns there are, with these traits. */
export function allColumns(traits: readonly string[]): Column[] {
  return [...fixed, ...traits.map(traitColumn)]
}

/**
 * The columns of these ids, in their order.
 * @throws PersonError `export_column_unknown`
 */
export function columnsOf(ids: readonly string[]): Column[] {
  return ids.map((id) => {
    const known = fixed.find((column) => column.id === id)
    if (known !== undefined) return known
    if (id.startsWith('trait:') && id.length > 6) return traitColumn(id.slice(6))
    throw new PersonError(
      'bad-input',
      'export_column_unknown',
      `columns has "${id}"; allowed: ${fixed.map((column) => column.id).join(', ')}, or trait:NAME for any trait.`,
      { field: 'query.columns', value: id, allowed: `${fixed.map((column) => column.id).join(', ')}, trait:NAME` },
    )
  })
}

function traitColumn(name: string): Column {
  return { id: `trait:${name}`, label: name, group: 'trait', value: ({ profile }) => profile.traits[name]?.[0] ?? null }
}
