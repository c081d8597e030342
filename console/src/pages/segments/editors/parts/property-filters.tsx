import { IconFilterPlus, IconPlus, IconX } from '@tabler/icons-react'
import type { EventFilter, PropertyFilter } from '@throughline/contracts'
import { describeFilters } from '@throughline/engine'
import { ComparisonFields } from './comparison.tsx'
import { TextField } from './fields.tsx'
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
  const set = (index: number, filter: EventFilter): void => onChange(filters.toSpliced(index, 1, filter))
  return (
    <>
      {filters.map((filter, index) => {
        const isOne = isProperty(filter)
        const name = !isOne ? `group ${index + 1}` : filter.property === '' ? `property ${index + 1}` : filter.property
        return (
          <Line key={index}>
            <span className={styles.small}>{index === 0 ? 'where' : 'and'}</span>
            {isOne ? (
              <>
                <TextField
                  label={`Property ${index + 1}${event === '' ? '' : ` of ${event}`}`}
                  placeholder="property"
                  value={filter.property}
                  wrong={isWrong(`where.${index}.property`)}
                  onChange={(property) => set(index, { ...filter, property })}
                />
                <ComparisonFields
                  what={name}
                  compare={filter.compare}
                  types={[]}
                  without={['anniversary']}
                  isWrong={(field) => isWrong(`where.${index}.compare.${field}`)}
                  onChange={(compare) => set(index, { ...filter, compare })}
                />
              </>
            ) : (
              <span>{describeFilters([filter])}</span>
            )}
            <button
              type="button"
              className={styles.bare}
              aria-label={`Remove the filter on ${name}`}
              title="Remove this filter"
              onClick={() => onChange(filters.toSpliced(index, 1))}
            >
              <IconX size={14} aria-hidden />
            </button>
            {index < filters.length - 1 ? null : (
              <button type="button" className={styles.bare} onClick={() => onChange([...filters, blank])}>
                <IconPlus size={13} aria-hidden /> and…
              </button>
            )}
          </Line>
        )
      })}
    </>
  )
}
