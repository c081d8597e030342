import { IconPlus } from '@tabler/icons-react'
import type { EventFilter } from '@throughline/contracts'
import { Pick } from './fields.tsx'
import { blankFilter, writeGroup } from './filter-groups.ts'
import type { FilterJoin } from './filter-groups.ts'
import styles from './parts.module.css'

const groupWords: readonly (readonly [FilterJoin, string])[] = [
  ['any', 'at least one of several'],
  ['all', 'all of several'],
  ['none', 'none of several'],
  ['one', 'one element of a list'],
]

interface AddProps {
  /** `and…` or `or…`. */
  readonly word: string
  readonly groups: boolean
  readonly onAdd: (filter: EventFilter) => void
}

/** Adds a filter, or a group of filters, behind the last one. */
export function AddToFilters({ word, groups, onAdd }: AddProps) {
  return (
    <>
      <button type="button" className={styles.bare} onClick={() => onAdd(blankFilter)}>
        <IconPlus size={13} aria-hidden /> {word}
      </button>
      {groups ? (
        <Pick<FilterJoin | ''>
          label={`${word} a group of filters`}
          quiet
          value=""
          options={[['', `${word} group`], ...groupWords]}
          onChange={(join) => (join === '' ? undefined : onAdd(writeGroup({ join, list: '', of: [blankFilter] })))}
        />
      ) : null}
    </>
  )
}
