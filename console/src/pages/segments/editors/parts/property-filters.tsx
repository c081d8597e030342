import { IconPlus, IconX } from '@tabler/icons-react'
import type { PropertyFilter } from '@throughline/contracts'
import { ComparisonFields } from './comparison.tsx'
import { TextField } from './fields.tsx'
import { Line } from './words.tsx'
import styles from './parts.module.css'

interface FiltersProps {
  /** The event whose properties they are, for a screen reader. */
  readonly event: string
  readonly filters: readonly PropertyFilter[]
  readonly isWrong: (field: string) => boolean
  readonly onChange: (filters: PropertyFilter[]) => void
}

const blank: PropertyFilter = { property: '', compare: { op: 'is', value: '' } }

/** The filters on an event's properties, a line each, and the button that adds one. */
export function PropertyFilters({ event, filters, isWrong, onChange }: FiltersProps) {
  const set = (index: number, filter: PropertyFilter): void => onChange(filters.toSpliced(index, 1, filter))
  return (
    <>
      {filters.map((filter, index) => {
        const name = filter.property === '' ? `property ${index + 1} of ${event}` : filter.property
        return (
          <Line key={index}>
            <span className={styles.small}>{index === 0 ? 'where' : 'and'}</span>
            <TextField
              label={`Property ${index + 1} of ${event}`}
              placeholder="property"
              value={filter.property}
              wrong={isWrong(`${index}.property`)}
              onChange={(property) => set(index, { ...filter, property })}
            />
            <ComparisonFields
              what={name}
              compare={filter.compare}
              types={[]}
              isWrong={(field) => isWrong(`${index}.compare.${field}`)}
              onChange={(compare) => set(index, { ...filter, compare })}
            />
            <button
              type="button"
              className={styles.bare}
              aria-label={`Remove the filter on ${name}`}
              title="Remove this filter"
              onClick={() => onChange(filters.toSpliced(index, 1))}
            >
              <IconX size={14} aria-hidden />
            </button>
          </Line>
        )
      })}
      <Line>
        <button type="button" className={`${styles.bare} ${styles.small}`} onClick={() => onChange([...filters, blank])}>
          <IconPlus size={13} aria-hidden /> {filters.length === 0 ? 'only with certain properties' : 'another property'}
        </button>
      </Line>
    </>
  )
}
