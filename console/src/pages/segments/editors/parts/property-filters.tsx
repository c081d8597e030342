import { IconFilterPlus, IconPlus, IconX } from '@tabler/icons-react'
import type { EventFilter, PropertyFilter } from '@throughline/contracts'
import { describeFilters } from '@throughline/engine'
import { ComparisonFields } from './comparison.tsx'
import { useTypes } from './shop-words.ts'
import { SuggestField } from './suggest-field.tsx'
import { Line } from './words.tsx'
import styles from './parts.module.css'

const blank: PropertyFilter = { property: '', compare: { op: 'is', value: '' } }

interface FiltersProps {
  readonly filters: readonly EventFilter[] | undefined
  readonly onChange: (filters: readonly EventFilter[]) => void
}

/** The condition with other filters; without any, the field is left out. */
export function withFilters<C extends { readonly where?: EventFilter[] | undefined }>(condition: C, where: readonly EventFilter[]): C {
  const { where: _, ...rest } = condition
  return { ...rest, ...(where.length > 0 && { where: [...where] }) } as C
}

/** The button behind a sentence that adds its first filter. */
export function AddFilter({ filters = [], onChange }: FiltersProps) {
  return filters.length > 0 ? null : (
    <button type="button" className={styles.bare} title="Only with certain properties" onClick={() => onChange([blank])}>
      <IconFilterPlus size={14} aria-hidden /> where…
    </button>
  )
}

interface AllProps extends FiltersProps {
  /** The event whose properties they are. */
  readonly event: string
  readonly isWrong: (field: string) => boolean
}

const isProperty = (filter: EventFilter): filter is PropertyFilter => filter.kind === undefined || filter.kind === 'property'

/** The filters on an event's properties, a line each; groups, which are written in files, are read here. */
export function PropertyFilters({ event, filters = [], isWrong, onChange }: AllProps) {
  return filters.map((filter, index) => (
    <FilterLine
      key={index}
      event={event}
      index={index}
      filter={filter}
      isWrong={(field) => isWrong(`where.${index}.${field}`)}
      onChange={(next) => onChange(filters.toSpliced(index, 1, next))}
      onRemove={() => onChange(filters.toSpliced(index, 1))}
      onAdd={index === filters.length - 1 ? () => onChange([...filters, blank]) : undefined}
    />
  ))
}

interface LineProps {
  readonly event: string
  readonly index: number
  readonly filter: EventFilter
  readonly isWrong: (field: string) => boolean
  readonly onChange: (filter: EventFilter) => void
  readonly onRemove: () => void
  readonly onAdd: (() => void) | undefined
}

function FilterLine({ event, index, filter, isWrong, onChange, onRemove, onAdd }: LineProps) {
  const one = isProperty(filter)
  const name = !one ? `group ${index + 1}` : filter.property === '' ? `property ${index + 1}` : filter.property
  return (
    <Line>
      <span className={styles.small}>{index === 0 ? 'where' : 'and'}</span>
      {one ? (
        <PropertyFields event={event} index={index} name={name} filter={filter} isWrong={isWrong} onChange={onChange} />
      ) : (
        <span>{describeFilters([filter])}</span>
      )}
      <button
        type="button"
        className={styles.bare}
        aria-label={`Remove the filter on ${name}`}
        title="Remove this filter"
        onClick={onRemove}
      >
        <IconX size={14} aria-hidden />
      </button>
      {onAdd === undefined ? null : (
        <button type="button" className={styles.bare} onClick={onAdd}>
          <IconPlus size={13} aria-hidden /> and…
        </button>
      )}
    </Line>
  )
}

interface PropertyProps extends Pick<LineProps, 'event' | 'index' | 'isWrong' | 'onChange'> {
  readonly name: string
  readonly filter: PropertyFilter
}

function PropertyFields({ event, index, name, filter, isWrong, onChange }: PropertyProps) {
  const { property, compare } = filter
  const types = useTypes({ of: 'properties', event }, property)
  return (
    <>
      <SuggestField
        label={`Property ${index + 1}${event === '' ? '' : ` of ${event}`}`}
        placeholder="property"
        wanted={{ of: 'properties', event }}
        value={property}
        wrong={isWrong('property')}
        onChange={(next) => onChange({ ...filter, property: next })}
      />
      <ComparisonFields
        what={name}
        compare={compare}
        types={types}
        values={{ of: 'values', event, path: property }}
        without={['anniversary']}
        isWrong={(field) => isWrong(`compare.${field}`)}
        onChange={(next) => onChange({ ...filter, compare: next })}
      />
    </>
  )
}
