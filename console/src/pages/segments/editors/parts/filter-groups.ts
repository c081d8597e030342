import type { EventFilter, PropertyFilter } from '@throughline/contracts'

/** How the filters of a group hang together. `one`: one and the same element of a list passes all of them. */
export type FilterJoin = 'all' | 'any' | 'none' | 'one'

/** A group of filters as it is edited. */
export interface FilterGroup {
  readonly join: FilterJoin
  /** Of `one`: the list. */
  readonly list: string
  readonly of: readonly EventFilter[]
}

export const blankFilter: PropertyFilter = { property: '', compare: { op: 'is', value: '' } }

export const isProperty = (filter: EventFilter): filter is PropertyFilter => filter.kind === undefined || filter.kind === 'property'

/** A filter that is made of others, as a group. */
export function readGroup(filter: Exclude<EventFilter, PropertyFilter>): FilterGroup {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return { join: filter.kind, list: '', of: filter.of }
    case 'not':
      return { join: 'none', list: '', of: filter.of.kind === 'any' ? filter.of.of : [filter.of] }
    case 'some':
      return { join: 'one', list: filter.in, of: filter.where }
    default:
      return filter satisfies never
  }
}

/** The filter that a group is. */
export function writeGroup({ join, list, of }: FilterGroup): EventFilter {
  switch (join) {
    case 'all':
    case 'any':
      return { kind: join, of: [...of] }
    case 'none': {
      const [only, more] = of
      return { kind: 'not', of: only !== undefined && more === undefined ? only : { kind: 'any', of: [...of] } }
    }
    case 'one':
      return { kind: 'some', in: list, where: [...of] }
    default:
      return join satisfies never
  }
}

/** Where the filter at a place of the group stands in what {@link writeGroup} makes of it: `of.1`, `where.0`. */
export function pathIn({ join, of }: FilterGroup, at: number): string {
  if (join === 'one') return `where.${at}`
  if (join !== 'none') return `of.${at}`
  return of.length === 1 ? 'of' : `of.of.${at}`
}
